//! Whole-system stories, simulation, conformance and end-to-end runs of the real app.
