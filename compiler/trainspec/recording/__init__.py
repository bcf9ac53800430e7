"""Running a program with a recorder in AWS's place, and what it asked for."""
