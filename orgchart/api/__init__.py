"""The REST door to the organisation: the same services, queries and policies as the pages."""
