"""The Reporting tab. Every report is one school's, and a school is reached only through the employee's scope."""
