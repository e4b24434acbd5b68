//! Reads `course_content/` and names every fault by file and line.
