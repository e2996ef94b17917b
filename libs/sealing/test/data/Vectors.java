// Writes vectors.txt: what a platform on a Java runtime sends. JDK 17 and BouncyCastle, for SM4:
//
//   java -cp /usr/share/java/bcprov.jar Vectors.java > vectors.txt
//
// Every random choice comes from one seeded generator, so a second run writes the same bytes.
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

public class Vectors {
  interface Seal {
    byte[] apply(byte[] plain) throws Exception;
  }

  static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);
  static final OAEPParameterSpec OAEP = new OAEPParameterSpec(
      "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
  static SecureRandom random;

  // The texts of every vector: empty, one block, a whole number of blocks, an RSA block to the
  // last byte and one byte more, and one whose characters lie across blocks.
  static final String CODE = "91430602MA4L5GJ80Y";
  static final String PROJECT = "岳阳市某道路工程";
  static final String[] TEXTS = {
    "", "YY", CODE, PROJECT, "0123456789abcdef", "x".repeat(117), "y".repeat(118),
    "施工总承包𠮷".repeat(40) + "完"
  };

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte one : bytes) text.append(String.format("%02x", one));
    return text.toString();
  }

  static byte[] bytes(int count) {
    byte[] made = new byte[count];
    random.nextBytes(made);
    return made;
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(bits, random);
    return generator.generateKeyPair();
  }

  // The usual helper class: whole blocks, k - 11 bytes in, k bytes out.
  static Seal rsaSeal(Key key, int bits, boolean oaep) {
    int part = oaep ? bits / 8 - 66 : bits / 8 - 11;
    return plain -> {
      Cipher cipher = Cipher.getInstance(
          oaep ? "RSA/ECB/OAEPPadding" : "RSA/ECB/PKCS1Padding", "SunJCE");
      if (oaep) {
        cipher.init(Cipher.ENCRYPT_MODE, key, OAEP, random);
      } else {
        cipher.init(Cipher.ENCRYPT_MODE, key, random);
      }
      byte[] sealed = new byte[0];
      int at = 0;
      do {
        int size = Math.min(part, plain.length - at);
        sealed = join(sealed, cipher.doFinal(plain, at, size));
        at += size;
      } while (at < plain.length);
      return sealed;
    };
  }

  static Seal blocks(String name, byte[] key, String mode, String iv, String padding) {
    return plain -> {
      Cipher cipher = Cipher.getInstance(
          name + "/" + mode + "/" + padding, name.equals("SM4") ? "BC" : "SunJCE");
      SecretKeySpec spec = new SecretKeySpec(key, name);
      if (mode.equals("ECB")) {
        cipher.init(Cipher.ENCRYPT_MODE, spec);
        return cipher.doFinal(plain);
      }
      byte[] start = iv.equals("zero") ? new byte[16]
          : iv.equals("key") ? Arrays.copyOf(key, 16) : bytes(16);
      cipher.init(Cipher.ENCRYPT_MODE, spec, new IvParameterSpec(start));
      byte[] sealed = cipher.doFinal(plain);
      return iv.equals("prefix") ? join(start, sealed) : sealed;
    };
  }

  static byte[] sha1Prng(String seed) throws Exception {
    SecureRandom seeded = SecureRandom.getInstance("SHA1PRNG", "SUN");
    seeded.setSeed(utf8(seed));
    KeyGenerator generator = KeyGenerator.getInstance("AES", "SunJCE");
    generator.init(128, seeded);
    return generator.generateKey().getEncoded();
  }

  // One vector: settings, key, and fields as ciphertext and base64 of the text ("-": refused).
  static class Vector {
    final Map<String, String> lines = new LinkedHashMap<>();
    final List<String> fields = new ArrayList<>();

    Vector(String name, String reason, String scheme) {
      lines.put("vector", name);
      lines.put("reason", reason);
      lines.put("scheme", scheme);
    }

    Vector set(String name, String value) {
      lines.put(name, value);
      return this;
    }

    Vector field(byte[] sealed, String plain, String content) {
      fields.add("field " + content + " " + base64(sealed) + " " + base64(utf8(plain)));
      return this;
    }

    Vector texts(Seal seal) throws Exception {
      for (String text : TEXTS) {
        field(seal.apply(utf8(text)), text, text.equals(CODE) ? "code" : "text");
      }
      return this;
    }

    void print() {
      lines.forEach((name, value) -> OUT.print(name + " " + value + "\n"));
      fields.forEach(line -> OUT.print(line + "\n"));
      OUT.print("end\n\n");
    }
  }

  static Vector modes(Vector vector, String mode, String iv) {
    return vector.set("mode", mode).set("iv_form", iv);
  }

  static void rsaVectors(KeyPair small, KeyPair middle, KeyPair large) throws Exception {
    KeyPair[] pairs = {small, middle, large};
    int[] sizes = {1024, 2048, 4096};
    for (int at = 0; at < pairs.length; at++) {
      Key open = pairs[at].getPublic();
      Key hidden = pairs[at].getPrivate();
      int bits = sizes[at];
      new Vector("R1-" + bits, "opened", "R1").set("key", base64(open.getEncoded()))
          .texts(rsaSeal(hidden, bits, false)).print();
      new Vector("R2-" + bits, "opened", "R2").set("key", base64(hidden.getEncoded()))
          .texts(rsaSeal(open, bits, false)).print();
      new Vector("R2-OAEP-" + bits, "opened", "R2").set("padding", "OAEP")
          .set("key", base64(hidden.getEncoded())).texts(rsaSeal(open, bits, true)).print();
    }
  }

  static void blockVectors(String scheme, String cipher, int keyBytes) throws Exception {
    String[][] modes = {{"ECB", "none"}, {"CBC", "zero"}, {"CBC", "prefix"}, {"CBC", "key"}};
    for (String[] mode : modes) {
      for (String form : new String[] {"raw", "hex", "base64"}) {
        byte[] key = form.equals("raw") ? utf8(hex(bytes(keyBytes)).substring(0, keyBytes))
            : bytes(keyBytes);
        String text = form.equals("raw") ? new String(key, StandardCharsets.US_ASCII)
            : form.equals("hex") ? hex(key) : base64(key);
        Seal seal = blocks(cipher, key, mode[0], mode[1], "PKCS5Padding");
        String name = String.join("-", scheme, "" + keyBytes * 8, mode[0], mode[1], form);
        modes(new Vector(name, "opened", scheme), mode[0], mode[1]).set("written", form)
            .set("key", text).texts(seal).print();
      }
    }
  }

  static void wrapVectors(KeyPair pair, int bits) throws Exception {
    for (String with : new String[] {"R1", "R2"}) {
      Key wrapping = with.equals("R1") ? pair.getPrivate() : pair.getPublic();
      Key unwrapping = with.equals("R1") ? pair.getPublic() : pair.getPrivate();
      for (String inner : new String[] {"S1", "S2"}) {
        for (String form : new String[] {"raw", "hex"}) {
          byte[] key = bytes(16);
          byte[] inside = form.equals("raw") ? key : utf8(hex(key));
          Seal seal = blocks(inner.equals("S1") ? "SM4" : "AES", key, "CBC", "prefix",
              "PKCS5Padding");
          String name = String.join("-", "W", "" + bits, with, inner, form);
          modes(new Vector(name, "opened", "W"), "CBC", "prefix").set("inner_scheme", inner)
              .set("unwrap_with", with).set("unwrap_key", base64(unwrapping.getEncoded()))
              .set("key", base64(rsaSeal(wrapping, bits, false).apply(inside)))
              .texts(seal).print();
        }
      }
    }
  }

  static void derivedVectors() throws Exception {
    for (String seed : new String[] {"Abc@123", "口令", "a".repeat(100)}) {
      new Vector("S3-" + utf8(seed).length, "opened", "S3").set("key", seed)
          .texts(blocks("AES", sha1Prng(seed), "ECB", "none", "PKCS5Padding")).print();
    }
  }

  static void refusedRsa(KeyPair pair, KeyPair other) throws Exception {
    Seal seal = rsaSeal(pair.getPrivate(), 1024, false);
    String key = base64(pair.getPublic().getEncoded());
    String wrong = base64(other.getPublic().getEncoded());
    byte[] sealed = seal.apply(utf8(PROJECT));
    new Vector("R1-wrong-key", "padding", "R1").set("key", wrong).texts(seal).print();
    new Vector("R1-private-key", "key_kind", "R1")
        .set("key", base64(pair.getPrivate().getEncoded())).texts(seal).print();
    new Vector("R2-public-key", "key_kind", "R2").set("key", key)
        .texts(rsaSeal(pair.getPublic(), 1024, false)).print();
    new Vector("R2-wrong-key", "padding", "R2")
        .set("key", base64(other.getPrivate().getEncoded()))
        .texts(rsaSeal(pair.getPublic(), 1024, false)).print();
    new Vector("R2-wrong-padding", "padding", "R2")
        .set("key", base64(pair.getPrivate().getEncoded()))
        .texts(rsaSeal(pair.getPublic(), 1024, true)).print();
    KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
    curve.initialize(new ECGenParameterSpec("secp256r1"), random);
    new Vector("R1-curve-key", "key_kind", "R1")
        .set("key", base64(curve.generateKeyPair().getPublic().getEncoded())).texts(seal).print();
    KeyPairGenerator pss = KeyPairGenerator.getInstance("RSASSA-PSS", "SunRsaSign");
    pss.initialize(1024, random);
    new Vector("R1-signing-key", "key_kind", "R1")
        .set("key", base64(pss.generateKeyPair().getPublic().getEncoded())).texts(seal).print();
    new Vector("R1-short-key", "key_kind", "R1")
        .set("key", base64(rsa(512).getPublic().getEncoded())).texts(seal).print();
    new Vector("R1-key-line-ends", "key_form", "R1")
        .set("key", key.substring(0, 76) + " " + key.substring(76)).texts(seal).print();
    new Vector("R1-truncated", "block_length", "R1").set("key", key)
        .field(Arrays.copyOf(sealed, 112), "-", "text").print();
    new Vector("R1-gbk", "text", "R1").set("key", key)
        .field(seal.apply(PROJECT.getBytes(Charset.forName("GBK"))), "-", "text").print();
    new Vector("R1-code-with-blank", "code", "R1").set("key", key)
        .field(seal.apply(utf8("9143 0602")), "-", "code").print();
    new Vector("R1-code-too-long", "code", "R1").set("key", key)
        .field(seal.apply(utf8("9".repeat(65))), "-", "code").print();
    new Vector("R1-control", "text", "R1").set("key", key)
        .field(seal.apply(utf8("a\u0000b")), "-", "text").print();
    new Vector("R1-one-of-many", "padding", "R1").set("key", key).texts(seal)
        .field(rsaSeal(other.getPrivate(), 1024, false).apply(utf8(PROJECT)), "-", "text").print();
  }

  // Bytes that are no text: surrogates in UTF-8, an overlong slash, beyond the last code point, cut
  // off, a control character of the upper range, one of the lower, and delete.
  static void refusedTexts() throws Exception {
    byte[] key = bytes(16);
    Seal seal = blocks("SM4", key, "ECB", "none", "PKCS5Padding");
    int[][] texts = {
      {0xED, 0xA0, 0x80}, {0xED, 0xBF, 0xBF}, {0xC0, 0xAF}, {0xE0, 0x80, 0xAF},
      {0xF4, 0x90, 0x80, 0x80}, {0xF8, 0x88, 0x80, 0x80, 0x80}, {0xE5, 0xAE}, {0x80}, {0xC2, 0x85},
      {0x0D}, {0x7F}
    };
    for (int at = 0; at < texts.length; at++) {
      byte[] text = new byte[texts[at].length];
      for (int index = 0; index < text.length; index++) text[index] = (byte) texts[at][index];
      new Vector("S1-text-" + at, "text", "S1").set("key", hex(key))
          .field(seal.apply(text), "-", "text").print();
    }
    new Vector("S1-code-line-feed", "code", "S1").set("key", hex(key))
        .field(seal.apply(utf8("9143\n0602")), "-", "code").print();
    Vector vector = new Vector("S1-text-limits", "opened", "S1").set("key", hex(key));
    for (String text : new String[] {
        "a\tb\nc", "\u00A0\uD7FF", "\uE000\uFFFD", PROJECT, "\uD800\uDC00\uDBFF\uDFFF完完完"}) {
      vector.field(seal.apply(utf8(text)), text, "text");
    }
    vector.print();
  }

  // RSA blocks that only look padded; 00 02, eight bytes, 00 would be right.
  static void refusedRsaPaddings(KeyPair pair) throws Exception {
    Map<String, byte[]> heads = new LinkedHashMap<>();
    byte[] head = {0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0};
    heads.put("seven-bytes", Arrays.copyOf(join(new byte[] {0, 2, 1, 1, 1, 1, 1, 1, 1, 0},
        "x".repeat(128).getBytes()), 128));
    heads.put("type-1", Arrays.copyOf(join(new byte[] {0, 1, -1, -1, -1, -1, -1, -1, -1, -1, 0},
        "x".repeat(128).getBytes()), 128));
    heads.put("first-byte", Arrays.copyOf(join(new byte[] {1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0},
        "x".repeat(128).getBytes()), 128));
    heads.put("no-end", Arrays.copyOf(join(new byte[] {0, 2}, "x".repeat(128).getBytes()), 128));
    for (Map.Entry<String, byte[]> block : heads.entrySet()) {
      new Vector("R2-padding-" + block.getKey(), "padding", "R2")
          .set("key", base64(pair.getPrivate().getEncoded()))
          .field(rawRsa(pair, block.getValue()), "-", "text").print();
    }
    byte[] right = Arrays.copyOf(join(head, "x".repeat(128).getBytes()), 128);
    String text = "x".repeat(117);
    Vector vector = new Vector("R2-padding-right", "opened", "R2")
        .set("key", base64(pair.getPrivate().getEncoded()));
    for (int times = 0; times < 4; times++) vector.field(rawRsa(pair, right), text, "text");
    vector.print();
  }

  static byte[] rawRsa(KeyPair pair, byte[] block) throws Exception {
    Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic());
    return cipher.doFinal(block);
  }

  // Ends that are no PKCS#7: of 0 bytes, of more than a block, not all the same, unequal at the far
  // end of a whole block.
  static void refusedBlockPaddings() throws Exception {
    byte[] key = bytes(16);
    byte[][] ends = new byte[4][];
    ends[0] = Arrays.copyOf(utf8("0123456789abcdef"), 32);
    ends[1] = utf8("0123456789abcdef".repeat(2));
    Arrays.fill(ends[1], 15, 32, (byte) 17);
    ends[2] = Arrays.copyOf(utf8("0123456789abcdef"), 16);
    ends[2][13] = 2;
    ends[2][14] = 3;
    ends[2][15] = 3;
    ends[3] = new byte[16];
    Arrays.fill(ends[3], (byte) 16);
    ends[3][0] = 15;
    for (int at = 0; at < ends.length; at++) {
      new Vector("S2-padding-" + at, "padding", "S2").set("key", hex(key)).set("key_form", "hex")
          .field(blocks("AES", key, "ECB", "none", "NoPadding").apply(ends[at]), "-", "text")
          .print();
    }
  }

  static void refusedBlocks(KeyPair pair, KeyPair other) throws Exception {
    byte[] key = bytes(16);
    Seal seal = blocks("SM4", key, "ECB", "none", "PKCS5Padding");
    new Vector("S1-wrong-key", "padding", "S1").set("key", hex(bytes(16))).texts(seal).print();
    new Vector("S1-key-too-short", "key_form", "S1").set("key", hex(bytes(15))).texts(seal).print();
    new Vector("S1-key-base64-spare-bits", "key_form", "S1")
        .set("key", base64(new byte[16]).replace("A==", "B==")).texts(seal).print();
    new Vector("S1-as-aes", "padding", "S2").set("key", hex(key)).set("key_form", "hex")
        .texts(seal).print();
    new Vector("S1-no-padding", "padding", "S1").set("key", hex(key))
        .field(blocks("SM4", key, "ECB", "none", "NoPadding").apply(utf8("0123456789abcdef")),
            "-", "text").print();
    new Vector("S1-gbk", "text", "S1").set("key", hex(key))
        .field(seal.apply(PROJECT.getBytes(Charset.forName("GBK"))), "-", "text").print();
    modes(new Vector("S1-prefix-alone", "block_length", "S1"), "CBC", "prefix")
        .set("key", hex(key)).field(bytes(16), "-", "text").print();
    new Vector("S3-wrong-seed", "padding", "S3").set("key", "abc@123")
        .texts(blocks("AES", sha1Prng("Abc@123"), "ECB", "none", "PKCS5Padding")).print();
    for (String with : new String[] {"R1", "R2"}) {
      Key wrapping = with.equals("R1") ? pair.getPrivate() : pair.getPublic();
      Key wrong = with.equals("R1") ? other.getPublic() : other.getPrivate();
      new Vector("W-" + with + "-wrong-unwrapping-key", "unwrapping", "W")
          .set("unwrap_with", with).set("unwrap_key", base64(wrong.getEncoded()))
          .set("key", base64(rsaSeal(wrapping, 1024, false).apply(key))).texts(seal).print();
      Key right = with.equals("R1") ? pair.getPublic() : pair.getPrivate();
      new Vector("W-" + with + "-no-key-inside", "unwrapping", "W")
          .set("unwrap_with", with).set("unwrap_key", base64(right.getEncoded()))
          .set("key", base64(rsaSeal(wrapping, 1024, false).apply(bytes(15)))).texts(seal).print();
      new Vector("W-" + with + "-two-blocks", "key_form", "W")
          .set("unwrap_with", with).set("unwrap_key", base64(right.getEncoded()))
          .set("key", base64(rsaSeal(wrapping, 1024, false).apply(bytes(120)))).texts(seal).print();
    }
  }

  public static void main(String[] arguments) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    random = SecureRandom.getInstance("SHA1PRNG", "SUN");
    random.setSeed(utf8("guarantee-hub sealing vectors 1"));
    OUT.print("# Written by Vectors.java on Java "
        + System.getProperty("java.specification.version") + ". The keys are of no other use.\n\n");
    KeyPair small = rsa(1024);
    KeyPair middle = rsa(2048);
    KeyPair other = rsa(1024);
    rsaVectors(small, middle, rsa(4096));
    blockVectors("S1", "SM4", 16);
    for (int size : new int[] {16, 24, 32}) blockVectors("S2", "AES", size);
    derivedVectors();
    wrapVectors(small, 1024);
    wrapVectors(middle, 2048);
    refusedRsa(small, other);
    refusedBlocks(small, other);
    refusedRsaPaddings(small);
    refusedBlockPaddings();
    refusedTexts();
    OUT.flush();
  }
}
