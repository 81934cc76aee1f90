/// Cancellable contexts, and handlers that learn that their client has gone.
///
/// Start with [dev.groundhog.context.Context], which is Go's `context` with Java's habits.
/// [dev.groundhog.context.Disconnects] gives each request of a server a context that is cancelled
/// when its client leaves; [dev.groundhog.context.DisconnectFilter] does it for the JDK's server,
/// and is the model of the other servers' adapters, which live in modules of their own under
/// `servers`. [dev.groundhog.context.DisconnectWatcher] is what sees a client leave. What a server
/// calls its requests and connections never belongs here.
package dev.groundhog.context;
