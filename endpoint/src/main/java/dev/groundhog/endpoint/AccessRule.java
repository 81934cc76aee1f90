package dev.groundhog.endpoint;

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
/// - A `Host` that is neither a loopback name or address nor the bound address is refused (a name
///   that an attacker points at this machine), and so are a foreign `Origin` and a `Sec-Fetch-Site`
///   other than `same-origin` or `none`.
/// - A loopback peer of another user, root aside, is refused unless a token is set or peers may be
///   any.
/// - With a token, every request must carry it: `Authorization: Bearer`, or as the Basic password.
///
/// Immutable and thread-safe.
public final class AccessRule {
  private final InetSocketAddress bound;
  private final Optional<String> token;
  private final boolean anyPeer;
  private final long ownUid;

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

  private AccessRule(
      InetSocketAddress bound, Optional<String> token, boolean anyPeer, long ownUid) {
    this.bound = bound;
    this.token = token;
    this.anyPeer = anyPeer;
    this.ownUid = ownUid;
  }

  /// The rule for a listener on the loopback address `bound`, for peers of this user and root.
  ///
  /// @throws IllegalArgumentException if `bound` is not loopback: that needs a token
  public static AccessRule loopback(InetSocketAddress bound) {
    if (!bound.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          bound + " can be reached from other machines: it needs a token");
    }
    return new AccessRule(bound, Optional.empty(), false, SocketOwner.ownUid());
  }

  /// The rule for a listener anywhere that asks for `token`.
  public static AccessRule withToken(InetSocketAddress bound, String token) {
    if (token.isBlank()) {
      throw new IllegalArgumentException("the token is empty");
    }
    return new AccessRule(bound, Optional.of(token), true, SocketOwner.ownUid());
  }

  /// This rule for peers of every user of the machine.
  public AccessRule anyPeer() {
    return new AccessRule(bound, token, true, ownUid);
  }

  /// Whether users of loopback peers can be told apart here; where they can't, they are refused,
  /// and a program should say so at its start.
  public boolean canTellPeers() {
    return anyPeer || ownUid >= 0;
  }

  /// Decides on one request.
  ///
  /// @param headers all values of a header, in any case of its name; an empty list if it is missing
  public Decision decide(InetSocketAddress peer, Function<String, List<String>> headers) {
    List<String> hosts = headers.apply("Host");
    if (hosts.size() != 1 || !isOwnHost(hosts.getFirst())) {
      return new Decision(403, "this Host is not served here");
    }
    for (String origin : headers.apply("Origin")) {
      if (!origin.equalsIgnoreCase("http://" + hosts.getFirst())
          && !origin.equalsIgnoreCase("https://" + hosts.getFirst())) {
        return new Decision(403, "requests from other origins are refused");
      }
    }
    for (String site : headers.apply("Sec-Fetch-Site")) {
      if (!site.equals("same-origin") && !site.equals("none")) {
        return new Decision(403, "requests from other sites are refused");
      }
    }
    if (token.isPresent()) {
      List<String> given = headers.apply("Authorization");
      return given.size() == 1 && carriesToken(given.getFirst(), token.get())
          ? Decision.ALLOWED
          : new Decision(401, "a token is needed");
    }
    return anyPeer ? Decision.ALLOWED : decideByUser(peer);
  }

  private Decision decideByUser(InetSocketAddress peer) {
    OptionalLong uid = SocketOwner.of(peer, bound.getPort());
    if (uid.isEmpty()) {
      return new Decision(403, "the user at the other end cannot be told");
    }
    boolean isOwn = uid.getAsLong() == ownUid || uid.getAsLong() == 0;
    return isOwn
        ? Decision.ALLOWED
        : new Decision(403, "only the user of this process and root may ask");
  }

  private boolean isOwnHost(String host) {
    String name = withoutPort(host).toLowerCase(Locale.ROOT);
    if (name.equals("localhost") || name.equals("::1") || isLoopbackIpv4(name)) {
      return true;
    }
    InetAddress address = bound.getAddress();
    return !address.isAnyLocalAddress() && name.equals(address.getHostAddress());
  }

  private static boolean isLoopbackIpv4(String name) {
    String[] parts = name.split("\\.", -1);
    if (parts.length != 4 || !parts[0].equals("127")) {
      return false;
    }
    for (String part : parts) {
      if (!part.matches("\\d{1,3}") || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }

  private static String withoutPort(String host) {
    if (host.startsWith("[")) {
      int end = host.indexOf(']');
      return end < 0 ? "" : host.substring(1, end);
    }
    int colon = host.indexOf(':');
    return colon < 0 ? host : host.substring(0, colon);
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
      return pair.substring(pair.indexOf(':') + 1);
    } catch (IllegalArgumentException _) {
      return "";
    }
  }
}
