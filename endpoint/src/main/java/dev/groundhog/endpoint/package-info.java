/// What a JVM says of itself at a debug address.
///
/// [dev.groundhog.endpoint.ThisJvm] takes a dump of the JVM that it runs in, and
/// [dev.groundhog.endpoint.Watch] remembers the last looks at it.
/// [dev.groundhog.endpoint.DebugEndpoint] makes an [dev.groundhog.endpoint.Answer] of it to a
/// [dev.groundhog.endpoint.Request], whoever owns the socket; [dev.groundhog.endpoint.DebugHandler]
/// mounts it in the JDK's HTTP server. Who gets in is decided by
/// [dev.groundhog.endpoint.AccessRule]: a function of a request's addresses and headers, and of the
/// user at the other end, which [dev.groundhog.endpoint.PeerUsers] tells;
/// [dev.groundhog.endpoint.SocketOwner] asks the kernel for it.
package dev.groundhog.endpoint;
