"""Why a task came: from the task back to the fact rows and the YAML line."""
