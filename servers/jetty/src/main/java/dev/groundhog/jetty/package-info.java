/// Tells Jetty's handlers that their client has gone.
///
/// [dev.groundhog.jetty.DisconnectHandler] is all; what a client's leaving means, and who sees it,
/// is in the module `context`.
package dev.groundhog.jetty;
