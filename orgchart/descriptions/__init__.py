"""Job descriptions (岗位说明书): reading, laying out, editing and printing their versions."""
