/// Other people's libraries, each started, used and stopped or left open in a JUnit test under
/// Groundhog's check: stopped as it should be, nobody is blamed; left open, its threads are caught.
///
/// Start with [dev.groundhog.e2e.libraries.Library], which each of the small classes implements,
/// and [dev.groundhog.e2e.libraries.Main], which runs one of them in a JVM of its own and prints
/// its row of the table in `docs/junit-libraries.md`. [dev.groundhog.e2e.libraries.Trial] knows by
/// itself which threads are there, so that a thread that the check hides without a reason in that
/// table is found. Nothing in here may be needed by the main build.
@NullMarked
package dev.groundhog.e2e.libraries;

import org.jspecify.annotations.NullMarked;
