/// The smallest program on each of other people's servers: it answers `/`, and a handler of `/leak`
/// waits for what nobody will ever do. Each listens on a free port of the loopback address, prints
/// `listening on URL`, and takes one argument: `platform` or `virtual`, the threads that run the
/// handlers. [dev.groundhog.e2e.servers.Load] is the client. Nothing of Groundhog belongs here.
@NullMarked
package dev.groundhog.e2e.servers;

import org.jspecify.annotations.NullMarked;
