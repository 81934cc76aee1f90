/// The agent. `Bootstrap`, which lies apart since it is compiled for Java 8, is what the JVM calls;
/// it loads everything else unseen by the application and calls [dev.groundhog.agent.Agent], the
/// one state that each load changes. What is open is `internal.Doors`: a `Listener` with its
/// `Connection`s, and the `PortFile` that tells of it. What is answered never belongs here: that is
/// module `endpoint`.
package dev.groundhog.agent;
