"""What a Glue job imports, as far as a job of this project needs it: the library wants classes of Glue's JVM."""
