package dev.groundhog.endpoint;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// Who may ask a debug address: people and programs of this machine and this user, but no page in a
/// browser, which could otherwise run commands or read stacks through it.
///
/// - A `Host` that is neither a loopback name or address nor the address that the request came in
///   at is refused (a name that an attacker points at this machine), and so are a foreign `Origin`
///   and a `Sec-Fetch-Site` other than `same-origin` or `none`.
/// - A loopback peer of another user, root aside, is refused unless a token is set or peers may be
///   any. At a unix socket the mode of its file says the same, and whoever makes it sees to that.
/// - With a token, every request must carry it: `Authorization: Bearer`, or as the Basic password.
///
/// Immutable and thread-safe. Limits: users are told apart by Linux's tables of sockets only
/// ([#canTellPeers()]); a peer that has closed its socket before it is looked up belongs to nobody
/// and is refused; a page that is served from the very same address and port is not foreign.
public final class AccessRule {
  /// Where no address is bound, or more than one: each request says at which it came in.
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static final int HTTP_PORT = 80;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private final InetSocketAddress bound;
  private final Optional<String> token;
  private final boolean anyPeer;
  private final PeerUsers users;

  /// What was decided.
  ///
  /// @param status 200 if allowed, else the HTTP status to answer: 401 or 403
  /// @param reason one line for the answer's body; empty if allowed
  public record Decision(int status, String reason) {
    static final Decision ALLOWED = new Decision(200, "");

    public boolean allowed() {
      return status == 200;
    }
  }

  AccessRule(InetSocketAddress bound, Optional<String> token, boolean anyPeer, PeerUsers users) {
    this.bound = bound;
    this.token = token;
    this.anyPeer = anyPeer;
    this.users = users;
  }

  /// The rule for a listener on the loopback address `bound`, for peers of this user and root.
  ///
  /// @throws IllegalArgumentException if `bound` is not loopback: that needs a token
  public static AccessRule loopback(InetSocketAddress bound) {
    if (bound.isUnresolved() || !bound.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          bound + " can be reached from other machines: it needs a token");
    }
    return new AccessRule(bound, Optional.empty(), false, new SocketOwner());
  }

  /// The rule for a server of the program's own, at whatever addresses it is asked: for peers on
  /// this machine that are of this user, and root. A proxy of this user that passes on requests of
  /// others with a loopback `Host` is such a peer: behind one, ask for a token.
  public static AccessRule sameUser() {
    return loopback(LOOPBACK);
  }

  /// As [#sameUser()], for everybody who carries `token`.
  ///
  /// @throws IllegalArgumentException if `token` is blank
  public static AccessRule withToken(String token) {
    return withToken(LOOPBACK, token);
  }

  /// The rule for a listener anywhere that asks for `token`.
  ///
  /// @throws IllegalArgumentException if `token` is blank: a token that was forgotten lets in
  ///   nobody
  public static AccessRule withToken(InetSocketAddress bound, String token) {
    if (bound.isUnresolved()) {
      throw new IllegalArgumentException(bound + " is not an address");
    }
    if (token.isBlank()) {
      throw new IllegalArgumentException("the token is empty");
    }
    return new AccessRule(bound, Optional.of(token), true, new SocketOwner());
  }

  /// The rule for a unix socket, whose mode keeps other users out; `Host` is a loopback name there.
  public static AccessRule unixSocket() {
    return new AccessRule(LOOPBACK, Optional.empty(), true, new SocketOwner());
  }

  /// This rule for peers of every user of the machine.
  public AccessRule anyPeer() {
    return new AccessRule(bound, token, true, users);
  }

  /// Whether users of loopback peers can be told apart here, or need not be; where they can't, they
  /// are all refused, and a program should say so at its start.
  public boolean canTellPeers() {
    return anyPeer || users.canTell();
  }

  /// Decides on one request that came in at the address this rule was made for.
  ///
  /// @param headers all values of a header, in any case of its name; an empty list if it is missing
  public Decision decide(InetSocketAddress peer, Function<String, List<String>> headers) {
    return decide(bound, peer, headers);
  }

  /// Decides on one request that came in at a unix socket.
  ///
  /// @param headers all values of a header, in any case of its name; an empty list if it is missing
  public Decision decide(Function<String, List<String>> headers) {
    return decide(bound, bound, headers);
  }

  /// Decides on one request.
  ///
  /// @param local our end of the connection: which address a listener on all of them was asked at
  /// @param headers all values of a header, in any case of its name; an empty list if it is missing
  public Decision decide(
      InetSocketAddress local, InetSocketAddress peer, Function<String, List<String>> headers) {
    List<String> hosts = headers.apply("Host");
    Optional<HostAndPort> host =
        hosts.size() == 1 ? HostAndPort.parse(hosts.getFirst()) : Optional.empty();
    if (host.isEmpty() || !isOwn(host.get().name(), local)) {
      return new Decision(FORBIDDEN, "this Host is not served here");
    }
    for (String origin : headers.apply("Origin")) {
      if (!isOrigin(origin, host.get())) {
        return new Decision(FORBIDDEN, "requests from other origins are refused");
      }
    }
    for (String site : headers.apply("Sec-Fetch-Site")) {
      if (!site.equals("same-origin") && !site.equals("none")) {
        return new Decision(FORBIDDEN, "requests from other sites are refused");
      }
    }
    if (token.isPresent()) {
      List<String> given = headers.apply("Authorization");
      return given.size() == 1 && carriesToken(given.getFirst(), token.get())
          ? Decision.ALLOWED
          : new Decision(UNAUTHORIZED, "a token is needed");
    }
    return anyPeer ? Decision.ALLOWED : decideByUser(local, peer);
  }

  private Decision decideByUser(InetSocketAddress local, InetSocketAddress peer) {
    OptionalLong uid = users.ofPeer(peer, local);
    OptionalLong own = users.own();
    if (uid.isEmpty() || own.isEmpty()) {
      return new Decision(FORBIDDEN, "the user at the other end cannot be told");
    }
    return uid.getAsLong() == own.getAsLong() || uid.getAsLong() == 0
        ? Decision.ALLOWED
        : new Decision(FORBIDDEN, "only the user of this process and root may ask");
  }

  private static boolean isOwn(String name, InetSocketAddress local) {
    if (name.equals("localhost")) {
      return true;
    }
    Optional<InetAddress> literal = literal(name);
    return literal.isPresent()
        && !literal.get().isAnyLocalAddress()
        && (literal.get().isLoopbackAddress() || literal.get().equals(local.getAddress()));
  }

  /// The address that `name` spells out; never a name that somebody else may resolve. IPv4-mapped
  /// IPv6 addresses come out as IPv4.
  private static Optional<InetAddress> literal(String name) {
    boolean isIpv6 = name.startsWith("[") && name.endsWith("]");
    try {
      InetAddress address =
          InetAddress.ofLiteral(isIpv6 ? name.substring(1, name.length() - 1) : name);
      boolean isSpelledOut = isIpv6 || (address instanceof Inet4Address && isDotted(name));
      return isSpelledOut ? Optional.of(address) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Four parts: `ofLiteral` also takes the short forms of old, such as `127.1`.
  private static boolean isDotted(String name) {
    return name.chars().filter(c -> c == '.').count() == 3;
  }

  /// An origin is a scheme, a host and a port; what is served here is plain HTTP.
  private static boolean isOrigin(String origin, HostAndPort host) {
    String scheme = "http://";
    return origin.regionMatches(true, 0, scheme, 0, scheme.length())
        && HostAndPort.parse(origin.substring(scheme.length())).equals(Optional.of(host));
  }

  private static boolean carriesToken(String authorization, String token) {
    String given = "";
    if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      given = authorization.substring(7).strip();
    } else if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      given = basicPassword(authorization.substring(6).strip());
    }
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
  }

  private static String basicPassword(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? "" : pair.substring(colon + 1);
    } catch (IllegalArgumentException _) {
      return "";
    }
  }

  /// A `Host` header's value (RFC 9110, 7.2), lower case; an IPv6 name keeps its brackets.
  private record HostAndPort(String name, int port) {
    private static final int MAX_PORT = 65_535;

    static Optional<HostAndPort> parse(String text) {
      int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
      String name = end < 0 ? text : text.substring(0, end);
      String rest = text.substring(name.length());
      if (name.isEmpty() || !rest.matches("(:\\d{0,5})?")) {
        return Optional.empty();
      }
      int port = rest.length() > 1 ? Integer.parseInt(rest.substring(1)) : HTTP_PORT;
      return port > MAX_PORT
          ? Optional.empty()
          : Optional.of(new HostAndPort(name.toLowerCase(Locale.ROOT), port));
    }
  }
}
