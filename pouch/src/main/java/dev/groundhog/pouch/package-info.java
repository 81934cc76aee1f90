/// A container daemon with Docker's API: the service whose goroutines leaked, in Java.
///
/// `api` speaks HTTP; `engine` keeps the containers and tells of events; `log` what they have
/// printed; `run` starts them, by way of parents that outlive the daemon; `image` reads archives of
/// images, and keeps them unpacked.
package dev.groundhog.pouch;
