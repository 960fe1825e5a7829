package io.millrace.web.limits;

import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** Whose requests are counted together. */
final class Caller {

  /** One IPv6 host has all addresses that begin with these bytes, and takes another at will. */
  private static final int NETWORK_BYTES = 8;

  private Caller() {}

  /** An IPv4 address, the /64 of an IPv6 address, or what a proxy tells instead. */
  static String of(SocketAddress address) {
    String told = address.hostAddress() == null ? address.host() : address.hostAddress();
    byte[] bytes = told == null ? null : NetUtil.createByteArrayFromIpAddressString(told);
    if (bytes == null) {
      return "" + told;
    }
    try {
      InetAddress ip = InetAddress.getByAddress(bytes); // IPv4 in the form of IPv6 becomes IPv4
      return ip instanceof Inet6Address
          ? HexFormat.of().formatHex(bytes, 0, NETWORK_BYTES)
          : ip.getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }
}
