package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRuleTest {
  private static final long OWN_UID = 1000;
  private static final InetSocketAddress LOOPBACK = socket("127.0.0.1", 8080);
  private static final InetSocketAddress OUTSIDE = socket("192.0.2.7", 8080);
  private static final InetSocketAddress EVERYWHERE = socket("0.0.0.0", 8080);
  private static final InetSocketAddress PEER = socket("127.0.0.1", 50_000);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:8080",
        "localhost:",
        "127.0.0.1",
        "127.0.0.1:8080",
        "127.8.7.6:1",
        "[::1]",
        "[::1]:8080",
        "[0:0:0:0:0:0:0:1]:8080",
        "[::ffff:127.0.0.1]:8080"
      })
  void aLoopbackHostGetsIn(String host) {
    assertThat(status(own(), "Host", host)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1:8080.evil.example",
        "localhost:8080@evil.example",
        "localhost:99999",
        "localhost:123456",
        "192.0.2.7",
        "0.0.0.0:8080",
        "[::]:8080",
        "[::1",
        "[::1]evil.example",
        "[127.0.0.1].evil.example",
        "::1",
        "127.1",
        "2130706433",
        "128.0.0.1",
        "[::ffff:192.0.2.7]"
      })
  void aForeignHostIsRefused(String host) {
    assertThat(status(own(), "Host", host)).isEqualTo(403);
  }

  @Test
  void aRequestWithoutHostIsRefused() {
    assertThat(own().decide(PEER, headers()).status()).isEqualTo(403);
  }

  @Test
  void twoHostsAreRefusedEvenIfTheFirstIsOurs() {
    assertThat(status(own(), "Host", "localhost", "Host", "localhost")).isEqualTo(403);
  }

  @Test
  void theBoundAddressIsAHostOfOurs() {
    AccessRule rule = AccessRule.withToken(OUTSIDE, "secret");
    String[] token = {"Authorization", "Bearer secret"};
    assertThat(status(rule, "Host", "192.0.2.7:8080", token[0], token[1])).isEqualTo(200);
    assertThat(status(rule, "Host", "192.0.2.8:8080", token[0], token[1])).isEqualTo(403);
  }

  @Test
  void aListenerOnAllAddressesIsAskedAtTheOneTheConnectionCameInAt() {
    AccessRule rule = AccessRule.withToken(EVERYWHERE, "secret");
    var bearer = headers("Host", "192.0.2.7:8080", "Authorization", "Bearer secret");
    assertThat(rule.decide(OUTSIDE, PEER, bearer).status()).isEqualTo(200);
    assertThat(rule.decide(socket("192.0.2.8", 8080), PEER, bearer).status()).isEqualTo(403);
    var any = headers("Host", "0.0.0.0:8080", "Authorization", "Bearer secret");
    assertThat(rule.decide(EVERYWHERE, PEER, any).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:8080", "HTTP://LOCALHOST:8080"})
  void aPageOfOurOwnGetsIn(String origin) {
    assertThat(status(own(), "Host", "localhost:8080", "Origin", origin)).isEqualTo(200);
  }

  @Test
  void thePortOfHttpMayBeLeftOut() {
    assertThat(status(own(), "Host", "localhost:80", "Origin", "http://localhost")).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "",
        "http://evil.example",
        "http://localhost",
        "http://localhost:3000",
        "https://localhost:8080",
        "http://127.0.0.1:8080",
        "http://localhost:8080/",
        "http://evil.example:8080",
        "localhost:8080"
      })
  void aForeignOriginIsRefused(String origin) {
    assertThat(status(own(), "Host", "localhost:8080", "Origin", origin)).isEqualTo(403);
  }

  @Test
  void aForeignOriginBesideOneOfOursIsRefused() {
    String ours = "http://localhost";
    String theirs = "http://evil.example";
    assertThat(status(own(), "Host", "localhost", "Origin", ours, "Origin", theirs)).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"same-origin", "none"})
  void aRequestOfThisSiteGetsIn(String site) {
    assertThat(status(own(), "Host", "localhost", "Sec-Fetch-Site", site)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "", "NONE"})
  void aRequestOfAnotherSiteIsRefused(String site) {
    assertThat(status(own(), "Host", "localhost", "Sec-Fetch-Site", site)).isEqualTo(403);
  }

  @Test
  void anotherSiteBesideOursIsRefused() {
    String header = "Sec-Fetch-Site";
    assertThat(status(own(), "Host", "localhost", header, "none", header, "cross-site"))
        .isEqualTo(403);
  }

  @Test
  void aPageIsRefusedEvenWithTheToken() {
    AccessRule rule = AccessRule.withToken(LOOPBACK, "secret");
    String[] token = {"Authorization", "Bearer secret"};
    assertThat(status(rule, "Host", "evil.example", token[0], token[1])).isEqualTo(403);
    assertThat(
            status(rule, "Host", "localhost", "Origin", "http://evil.example", token[0], token[1]))
        .isEqualTo(403);
  }

  @Test
  void peersOfThisUserAndRootGetIn() {
    assertThat(status(of(user(OWN_UID)), "Host", "localhost")).isEqualTo(200);
    assertThat(status(of(user(0)), "Host", "localhost")).isEqualTo(200);
  }

  @Test
  void peersOfAnotherUserAreRefused() {
    AccessRule.Decision decision = of(user(1001)).decide(PEER, headers("Host", "localhost"));
    assertThat(decision.status()).isEqualTo(403);
    assertThat(decision.reason()).contains("only the user of this process and root");
  }

  @Test
  void peersOfAnotherUserGetInIfPeersMayBeAny() {
    assertThat(status(of(user(1001)).anyPeer(), "Host", "localhost")).isEqualTo(200);
  }

  @Test
  void peersOfAnotherUserGetInWithTheToken() {
    AccessRule rule = new AccessRule(LOOPBACK, Optional.of("secret"), true, users(user(1001)));
    assertThat(status(rule, "Host", "localhost", "Authorization", "Bearer secret")).isEqualTo(200);
  }

  @Test
  void peersWhoseUserCannotBeToldAreRefused() {
    assertThat(status(of(OptionalLong.empty()), "Host", "localhost")).isEqualTo(403);
  }

  @Test
  void nobodyGetsInWhereOurOwnUserCannotBeTold() {
    AccessRule rule =
        new AccessRule(LOOPBACK, Optional.empty(), false, new Users(OptionalLong.empty(), user(0)));
    assertThat(rule.canTellPeers()).isFalse();
    assertThat(rule.anyPeer().canTellPeers()).isTrue();
    assertThat(status(rule, "Host", "localhost")).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer secret:x", "bearer secret:x", "BEARER  secret:x "})
  void theTokenMayComeAsBearer(String value) {
    AccessRule rule = AccessRule.withToken(LOOPBACK, "secret:x");
    assertThat(status(rule, "Host", "localhost", "Authorization", value)).isEqualTo(200);
  }

  @Test
  void theTokenMayComeAsBasicPasswordOfAnyName() {
    AccessRule rule = AccessRule.withToken(LOOPBACK, "secret:x");
    assertThat(status(rule, "Host", "localhost", "Authorization", basic("me:secret:x")))
        .isEqualTo(200);
    assertThat(status(rule, "Host", "localhost", "Authorization", basic(":secret:x")))
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "Bearer",
        "Bearer ",
        "Bearer secre",
        "Bearer secrett",
        "Bearer SECRET",
        "Basic secret",
        "Basic !!!",
        "Digest secret",
        "Basic c2VjcmV0",
        "Basic c2VjcmV0Og=="
      })
  void anythingElseThanTheTokenIsAskedForIt(String value) {
    AccessRule rule = AccessRule.withToken(LOOPBACK, "secret");
    assertThat(status(rule, "Host", "localhost", "Authorization", value)).isEqualTo(401);
  }

  @Test
  void noTokenOrTwoAreAskedForOne() {
    AccessRule rule = AccessRule.withToken(LOOPBACK, "secret");
    String name = "Authorization";
    assertThat(status(rule, "Host", "localhost")).isEqualTo(401);
    assertThat(status(rule, "Host", "localhost", name, "Bearer secret", name, "Bearer secret"))
        .isEqualTo(401);
    assertThat(status(rule.anyPeer(), "Host", "localhost")).isEqualTo(401);
  }

  @Test
  void anAddressThatOtherMachinesReachNeedsAToken() {
    for (InetSocketAddress bound : List.of(OUTSIDE, EVERYWHERE, socket("::", 0))) {
      assertThatThrownBy(() -> AccessRule.loopback(bound)).hasMessageContaining("needs a token");
    }
    InetSocketAddress name = InetSocketAddress.createUnresolved("localhost", 0);
    assertThatThrownBy(() -> AccessRule.loopback(name)).hasMessageContaining("needs a token");
    assertThatThrownBy(() -> AccessRule.withToken(OUTSIDE, " ")).hasMessageContaining("empty");
  }

  private static AccessRule own() {
    return of(user(OWN_UID));
  }

  private static AccessRule of(OptionalLong peersUser) {
    return new AccessRule(LOOPBACK, Optional.empty(), false, users(peersUser));
  }

  private static OptionalLong user(long uid) {
    return OptionalLong.of(uid);
  }

  private static Users users(OptionalLong peersUser) {
    return new Users(OptionalLong.of(OWN_UID), peersUser);
  }

  private static int status(AccessRule rule, String... headers) {
    return rule.decide(PEER, headers(headers)).status();
  }

  private static java.util.function.Function<String, List<String>> headers(String... pairs) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < pairs.length; i += 2) {
      headers.computeIfAbsent(pairs[i], _ -> new java.util.ArrayList<>()).add(pairs[i + 1]);
    }
    return name -> headers.getOrDefault(name, List.of());
  }

  private static String basic(String pair) {
    return "basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static InetSocketAddress socket(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private record Users(OptionalLong own, OptionalLong peers) implements PeerUsers {
    @Override
    public boolean canTell() {
      return own.isPresent();
    }

    @Override
    public OptionalLong ofPeer(InetSocketAddress peer, InetSocketAddress local) {
      return peers;
    }
  }
}
