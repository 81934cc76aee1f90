/// Who may ask a debug address.
///
/// Start with [dev.groundhog.endpoint.AccessRule]: a function of a request's addresses and headers,
/// whoever owns the socket. [dev.groundhog.endpoint.SocketOwner] asks the kernel which user is at
/// the other end of a loopback connection. What is served to those who get in never belongs here.
package dev.groundhog.endpoint;
