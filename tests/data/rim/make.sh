#!/bin/sh
# Makes the signed manifests and certificates of this folder anew: with openssl and xmlsec1, which know nothing of Muster.
# The private keys are thrown away.
set -eu
cd "$(dirname "$0")"
keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT
days=36500

ca() { # name
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$keys/$1.key" -out "$1.pem" -days $days -subj "/CN=$1" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
}
signer() { # name ca usage extended-usage newkey...
  name=$1 ca=$2 usage=$3 extended=$4
  shift 4
  openssl req -newkey "$@" -nodes -keyout "$keys/$name.key" -out "$keys/$name.csr" -subj "/CN=$name" 2>/dev/null
  printf 'basicConstraints=CA:FALSE\nkeyUsage=%s\nextendedKeyUsage=%s\n' "$usage" "$extended" > "$keys/ext"
  openssl x509 -req -in "$keys/$name.csr" -CA "$ca.pem" -CAkey "$keys/$ca.key" -out "$name.pem" -days $days \
    -extfile "$keys/ext" 2>/dev/null
}
template() { # canonicalisation signature digest
  cat <<XML
<?xml version="1.0" encoding="UTF-8"?>
<SoftwareIdentity xmlns="http://standards.iso.org/iso/19770/-2/2015/schema.xsd" xmlns:SHA256="http://www.w3.org/2001/04/xmlenc#sha256" xmlns:SHA1="http://www.w3.org/2000/09/xmldsig#sha1" name="openEuler base" version="22.03" tagId="1" xml:lang="en">
  <!-- a comment -->
  <Entity name="openEuler" role="softwareCreator tagCreator"/>
  <Payload>
    <Directory name="usr" root="/">
      <Directory name="bin">
        <File name="bash" size="4" SHA256:hash="$(printf bash | sha256sum | cut -d' ' -f1)"/>
      </Directory>
    </Directory>
    <File name="/usr/lib/libc.so.6" size="4" SHA256:hash="$(printf libc | openssl dgst -sha256 -binary | openssl base64)"/>
    <File name="old" size="3" SHA1:hash="$(printf old | sha1sum | cut -d' ' -f1)"/>
    <File name="/usr/lib/old" size="3" SHA1:hash="$(printf old | sha1sum | cut -d' ' -f1)"/>
  </Payload>
  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="$1"/><SignatureMethod Algorithm="$2"/><Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>${4:-}</Transforms><DigestMethod Algorithm="$3"/><DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>
</SoftwareIdentity>
XML
}
sign() { # name signer canonicalisation signature digest [transform]
  template "$3" "$4" "$5" "${6:-}" > "$keys/in.xml"
  xmlsec1 --sign --privkey-pem "$keys/$2.key,$2.pem" --output "$1.xml" "$keys/in.xml"
}
c14n=http://www.w3.org/TR/2001/REC-xml-c14n-20010315
exclusive=http://www.w3.org/2001/10/xml-exc-c14n#
more=http://www.w3.org/2001/04/xmldsig-more#
sha256=http://www.w3.org/2001/04/xmlenc#sha256
sha1=http://www.w3.org/2000/09/xmldsig#sha1

ca root
ca stranger
signer rsa root digitalSignature codeSigning rsa:2048
signer ecdsa root digitalSignature codeSigning ec -pkeyopt ec_paramgen_curve:P-256
signer encrypts root keyEncipherment codeSigning rsa:2048
signer other stranger digitalSignature codeSigning rsa:2048
signer web root digitalSignature serverAuth rsa:2048
sign good-rsa rsa $c14n ${more}rsa-sha256 $sha256
sign good-ecdsa ecdsa $exclusive ${more}ecdsa-sha256 $sha256 "<Transform Algorithm=\"$exclusive\"/>"
sign good-c14n11 rsa http://www.w3.org/2006/12/xml-c14n11 ${more}rsa-sha512 http://www.w3.org/2001/04/xmlenc#sha512
sign sha1-signature rsa $c14n http://www.w3.org/2000/09/xmldsig#rsa-sha1 $sha256
sign sha1-digest rsa $c14n ${more}rsa-sha256 $sha1
sign xpath rsa $c14n ${more}rsa-sha256 $sha256 "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath>not(ancestor-or-self::*[local-name()='Payload'])</XPath></Transform>"
sign other other $c14n ${more}rsa-sha256 $sha256
sign encrypts encrypts $c14n ${more}rsa-sha256 $sha256
sign web web $c14n ${more}rsa-sha256 $sha256
rm encrypts.pem other.pem ecdsa.pem
