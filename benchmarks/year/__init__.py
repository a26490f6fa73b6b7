"""A simulated year of a company that works by holdfast's lists: python -m benchmarks.year"""
