"""Following a class: codes that learners share become a page that shows where the class stands."""
