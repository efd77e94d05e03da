#!/bin/sh
# Makes the manifests and certificates of this folder anew: with openssl and xmlsec1, which know nothing of Muster.
# The private keys are thrown away.
set -eu
cd "$(dirname "$0")"
keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT

ca() { # name
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$keys/$1.key" -out "$1.pem" -days 36500 -subj "/CN=$1" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
}
leaf() { # name ca days extended-usage
  openssl req -newkey rsa:2048 -nodes -keyout "$keys/$1.key" -out "$keys/$1.csr" -subj "/CN=$1" 2>/dev/null
  printf 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$4" > "$keys/ext"
  openssl x509 -req -in "$keys/$1.csr" -CA "$2.pem" -CAkey "$keys/$2.key" -out "$keys/$1.pem" -days "$3" \
    -extfile "$keys/ext" 2>/dev/null
}
c14n=http://www.w3.org/TR/2001/REC-xml-c14n-20010315
sha256=http://www.w3.org/2001/04/xmlenc#sha256
log=../vm/grub-sb/binary_bios_measurements

template() { # attributes-of-the-tag object second-reference
  cat <<XML
<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<SoftwareIdentity xmlns="http://standards.iso.org/iso/19770/-2/2015/schema.xsd" name="Example BIOS" version="01" tagId="94f6b457" tagVersion="0" versionScheme="multipartnumeric" xml:lang="en"$1>
  <Entity name="Example Inc" regid="http://example.com" role="softwareCreator tagCreator"/>
  <Meta xmlns:rim="https://trustedcomputinggroup.org/wp-content/uploads/TCG_RIM_Model" rim:bindingSpec="PC Client RIM" rim:bindingSpecVersion="1.2" rim:platformManufacturerStr="Example.com" rim:platformModel="ProductA"/>
  <Payload>
    <Directory name="rim">
      <File xmlns:SHA384="http://www.w3.org/2001/04/xmldsig-more#sha384" SHA384:hash="$(openssl dgst -sha384 -r $log | cut -d' ' -f1)" name="Example.com.BIOS.01.rimel" size="$(stat -c %s $log)"/>
    </Directory>
  </Payload>
  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="RimSignature"><SignedInfo><CanonicalizationMethod Algorithm="$c14n"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms><DigestMethod Algorithm="$sha256"/><DigestValue/></Reference>$3</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo>$2</Signature>
</SoftwareIdentity>
XML
}
sign() { # name attributes object second-reference [signer]
  template "$2" "$3" "$4" > "$keys/in.xml"
  xmlsec1 --sign --id-attr:Id SignatureProperty --privkey-pem "$keys/${5:-signer}.key,$keys/${5:-signer}.pem" --output "$1.xml" \
    "$keys/in.xml"
}
property() { # namespace dateTime
  printf '<Object><SignatureProperties><SignatureProperty Id="TST" Target="RimSignature"><t:timestamp xmlns:t="%s" dateTime="%s"/></SignatureProperty></SignatureProperties></Object>' "$1" "$2"
}
second="<Reference URI=\"#TST\"><DigestMethod Algorithm=\"$sha256\"/><DigestValue/></Reference>"

# The canonical SignatureValue by hand (Canonical XML 1.0): namespaces and xml: attributes of the elements around it.
canonical_value() { # file
  printf '<SignatureValue xmlns="http://www.w3.org/2000/09/xmldsig#" xml:lang="en">'
  python3 -c 'import re, sys; sys.stdout.write(re.search("<SignatureValue>(.*?)</SignatureValue>", open(sys.argv[1]).read(), re.S)[1])' "$1"
  printf '</SignatureValue>'
}
token() { # covered authority digest: a token of RFC 3161 in base64
  cat > "$keys/ts.conf" <<CONF
[tsa]
serial = $keys/serial
crypto_device = builtin
signer_cert = $keys/$2.pem
signer_key = $keys/$2.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha1, sha256
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
CONF
  echo 01 > "$keys/serial"
  openssl ts -query -data "$1" -"$3" -cert -no_nonce -out "$keys/query" 2>/dev/null
  openssl ts -reply -config "$keys/ts.conf" -section tsa -queryfile "$keys/query" -token_out -out "$keys/token" 2>/dev/null
  openssl base64 -A -in "$keys/token"
}
stamp() { # from to token
  object="<Object><xades:QualifyingProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"#RimSignature\"><xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>$3</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties></Object>"
  OBJECT="$object" python3 -c 'import os, sys; t = open(sys.argv[1]).read(); open(sys.argv[2], "w").write(t.replace("</Signature>", os.environ["OBJECT"] + "</Signature>"))' "$1.xml" "$2.xml"
}

ca root
ca time-root
leaf signer root 730 codeSigning
leaf keeper root 36500 codeSigning
leaf authority time-root 36500 critical,timeStamping
leaf pretender time-root 36500 critical,codeSigning

sign plain '' '' ''
sign lasting '' '' '' keeper
sign patch ' patch="true"' '' ''
sign supplement ' supplemental="1"' '' ''
sign stated '' "$(property https://www.ietf.org/rfc/rfc3339.txt 2026-01-01T00:00:00Z)" "$second"
printf test > "$keys/other"
sign counter '' "$(property https://www.ietf.org/rfc/rfc3852.txt "$(token "$keys/other" authority sha256)")" "$second"
canonical_value plain.xml > "$keys/value"
stamp plain stamped "$(token "$keys/value" authority sha256)"
stamp plain stamped-other "$(token "$keys/other" authority sha256)"
stamp plain stamped-sha1 "$(token "$keys/value" authority sha1)"
# The same TSTInfo, signed by a certificate under the same root that is not for time stamps.
token "$keys/value" authority sha256 > /dev/null
openssl cms -verify -noverify -inform DER -in "$keys/token" -out "$keys/info" 2>/dev/null
openssl cms -sign -binary -nodetach -cades -in "$keys/info" -signer "$keys/pretender.pem" -inkey "$keys/pretender.key" \
  -econtent_type 1.2.840.113549.1.9.16.1.4 -outform DER -out "$keys/token" 2>/dev/null
stamp plain stamped-pretender "$(openssl base64 -A -in "$keys/token")"
stamp plain stamped-garbage "$(printf garbage | openssl base64 -A)"
cp "$keys/signer.pem" signer.pem
