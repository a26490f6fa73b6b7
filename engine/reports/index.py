"""What `stats` can count, by what, and how each figure is defined."""

from engine.reports.dimensions import DIMENSIONS, dimension, fits
from engine.reports.leavers import BACKBONE_DAYS, NEW_DAYS
from engine.reports.measures import NAMES
from engine.reports.report import Part, Report
from engine.reports.table import Column, Said, Table


def stats_index() -> Report:
    """The measures with their definitions, the dimensions with the measures that each goes with."""
    values = {"new": NEW_DAYS, "backbone": BACKBONE_DAYS}
    measures = tuple((name, Said(f"define_{name}", values)) for name in NAMES)
    every = [name for name in NAMES if name != "leavers"]
    rows = []
    for each in DIMENSIONS.values():
        fitting = [name for name in NAMES if fits(dimension(each.name), name)]
        what = Said("stats_every") if set(every) <= set(fitting) and "leavers" not in fitting else None
        if "leavers" in fitting and set(every) <= set(fitting):
            what = Said("stats_every_leavers")
        rows.append((each.name, Said(f"column_{each.name}"), what or ", ".join(fitting)))
    return Report(
        Said("stats_index"),
        (
            Part("measures", Table(Said("stats_measures"), (Column("measure"), Column("meaning")), measures)),
            Part(
                "dimensions",
                Table(
                    Said("stats_dimensions"), (Column("dimension"), Column("words"), Column("measures")), tuple(rows)
                ),
            ),
        ),
        (Said("stats_how"),),
    )
