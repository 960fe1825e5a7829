package io.millrace.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.Test;

class CallerTest {

  @Test
  void anAddressOfIpv4IsOneCaller() {
    assertThat(caller("10.0.0.1")).isEqualTo(caller("10.0.0.1")).isNotEqualTo(caller("10.0.0.2"));
    assertThat(caller("::ffff:10.0.0.1")).isEqualTo(caller("10.0.0.1"));
  }

  @Test
  void allAddressesOfAHostWithIpv6AreOneCaller() {
    assertThat(caller("2001:db8:0:1::1"))
        .isEqualTo(caller("2001:db8:0:1:ffff:ffff:ffff:ffff"))
        .isEqualTo(caller("[2001:db8:0:1::2]"))
        .isNotEqualTo(caller("2001:db8:0:2::1"));
    assertThat(caller("fe80::1%eth0")).isEqualTo(caller("fe80::2"));
  }

  @Test
  void whatAProxyTellsInsteadOfAnAddressIsACallerToo() {
    assertThat(caller("unknown")).isNotEqualTo(caller("_hidden"));
    assertThat(Caller.of(SocketAddress.domainSocketAddress("/run/millrace"))).isNotNull();
  }

  private static String caller(String address) {
    return Caller.of(SocketAddress.inetSocketAddress(1, address));
  }
}
