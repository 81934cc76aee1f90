/// How a program marks itself.
///
/// [dev.groundhog.mark.Labels] says what a thread works on, seen in every dump of Groundhog's agent
/// and endpoint. Whoever reads labels (module `endpoint`) reads them in the threads.
/// [dev.groundhog.mark.LeakProne] marks a function that may be left behind; the compiler lists such
/// functions in a file, and [dev.groundhog.mark.LeakProneIndex] reads it. Nothing here depends on
/// another module, and nothing else belongs here.
package dev.groundhog.mark;
