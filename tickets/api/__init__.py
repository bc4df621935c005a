"""The REST door to the case desk: the same services, queries and policies as the pages."""
