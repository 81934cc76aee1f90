/// Who may ask a debug address.
///
/// Start with [dev.groundhog.endpoint.AccessRule]: a function of a request's addresses and headers,
/// and of the user at the other end, which [dev.groundhog.endpoint.PeerUsers] tells;
/// [dev.groundhog.endpoint.SocketOwner] asks the kernel for it. What is served to those who get in
/// never belongs here.
package dev.groundhog.endpoint;
