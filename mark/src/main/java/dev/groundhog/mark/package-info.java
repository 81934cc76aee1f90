/// How a program marks itself.
///
/// [dev.groundhog.mark.Labels] is all: what a thread works on, seen in every dump of Groundhog's
/// agent and endpoint. Whoever reads labels (module `endpoint`) reads them in the threads; nothing
/// here knows of a reader, and nothing here depends on another module.
package dev.groundhog.mark;
