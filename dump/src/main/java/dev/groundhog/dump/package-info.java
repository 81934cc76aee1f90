/// What all threads of one process did at one moment, whatever wrote it down.
///
/// Start with [dev.groundhog.dump.Dump], which holds packed rows, and
/// [dev.groundhog.dump.DumpThread], one row unpacked. [dev.groundhog.dump.DumpReader] looks at the
/// content, picks the format and streams threads into a [dev.groundhog.dump.DumpSink];
/// [dev.groundhog.dump.DumpWriter] writes a dump again. Formats live in `internal`, one package for
/// each family. Verdicts, groups and rules never belong here: they are in the module `leak`.
package dev.groundhog.dump;
