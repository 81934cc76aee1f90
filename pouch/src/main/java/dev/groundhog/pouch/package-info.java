/// A container daemon with Docker's API: the service whose goroutines leaked, in Java; and a
/// client.
///
/// [dev.groundhog.pouch.Pouchd] is the daemon: `api` speaks HTTP; `engine` keeps the containers and
/// tells of events; `log` what they have printed; `run` starts them, by way of parents that outlive
/// the daemon; `image` reads archives of images, and keeps them unpacked.
/// [dev.groundhog.pouch.PouchClient] asks it, or Docker's own; `client` carries the calls.
package dev.groundhog.pouch;
