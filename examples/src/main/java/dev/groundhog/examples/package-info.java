/// Small programs that leak, to look at with Groundhog.
///
/// [dev.groundhog.examples.ExecServer] runs a command for each request and does not notice that a
/// client has left. [dev.groundhog.examples.ChannelWithoutSender] waits for what nobody sends, and
/// logs the number of its threads, which [dev.groundhog.examples.ThreadCount] counts. Nothing else
/// may depend on them.
package dev.groundhog.examples;
