"""python -m benchmarks"""

from benchmarks.portfolio import main

main()
