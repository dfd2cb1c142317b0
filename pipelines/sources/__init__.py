"""Where the data comes from: the files of a CRM export, or the made-up company."""
