/// Servers whose clients leave, and the clients that leave them. Start with
/// [dev.groundhog.e2e.disconnects.DisconnectTable] or [dev.groundhog.e2e.disconnects.Hammer], which
/// start a [dev.groundhog.e2e.disconnects.BlockingServer] in a JVM of its own.
@org.jspecify.annotations.NullMarked
package dev.groundhog.e2e.disconnects;
