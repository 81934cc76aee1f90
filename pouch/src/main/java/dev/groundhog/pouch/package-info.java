/// A container daemon with Docker's API: the service whose goroutines leaked, in Java.
///
/// `api` speaks HTTP and knows no container; `engine` keeps the containers and tells of events;
/// `image` keeps the images; `log` what containers have printed; `run` starts them and finds them
/// again.
package dev.groundhog.pouch;
