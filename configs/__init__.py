"""What is true of the business: funnels, projects and the settings a company writes down."""
