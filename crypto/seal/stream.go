package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"hash"
	"io"
)

const (
	// MaxFile is the most bytes of content of a file: 1 GiB.
	MaxFile = 1 << 30
	// chunkSize is the plaintext of a file's chunks but the last.
	chunkSize = 64 << 10
)

// fileMagic opens each file; the last byte is the version.
var fileMagic = []byte("ZLSEAL\x00\x01")

// File names the ciphertext of a detached envelope, so that a holder without keys can check what it keeps.
type File struct {
	// SHA256 is over all bytes of the file.
	SHA256 []byte
	// Size is the file's length in bytes.
	Size int64
}

// SealTo is Seal for content that is kept outside the ledger: the ciphertext goes to w, in chunks and with
// constant memory, and the envelope has none. Content is at most MaxFile bytes, or ErrTooLarge. What was
// written to w is worthless if an error comes back.
func SealTo(w io.Writer, content io.Reader, binding []byte, c Cipher, readers []PublicKey) (Envelope, File, error) {
	if err := validateCipher(c); err != nil {
		return Envelope{}, File{}, err
	}
	if err := validateReaders(readers, 1); err != nil {
		return Envelope{}, File{}, err
	}
	key, salt := randomBytes(secretSize), randomBytes(DigestSize)
	defer clear(key)

	whole := &countingHash{Hash: sha256.New()}
	digest, err := encryptFile(io.MultiWriter(w, whole), content, key, salt, c)
	if err != nil {
		return Envelope{}, File{}, err
	}
	e := Envelope{Cipher: c, Digest: digest}
	if e.Keys, err = sealForAll(readers, key, useKey, e.info(binding)...); err != nil {
		return Envelope{}, File{}, err
	}
	return e, File{SHA256: whole.Sum(nil), Size: whole.size}, nil
}

func encryptFile(w io.Writer, content io.Reader, key, salt []byte, c Cipher) ([]byte, error) {
	aead, err := newAEAD(c, key, useFile)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(fileMagic); err != nil {
		return nil, err
	}
	h := newHash(useContent)
	size := 0
	err = eachChunk(io.MultiReader(bytes.NewReader(salt), content), chunkSize, func(chunk []byte, nonce []byte) error {
		if size += len(chunk); size > MaxFile+DigestSize {
			return ErrTooLarge.Wrapf("content has more than %d bytes", MaxFile)
		}
		h.Write(chunk)
		_, err := w.Write(aead.Seal(chunk[:0], nonce, chunk, nil))
		return err
	})
	return h.Sum(nil), err
}

// OpenTo is Open for content that is kept outside. It writes to w what it has authenticated, chunk by
// chunk, so what w got must be thrown away if an error comes back: only at the end is it known that the
// file is whole (ErrBroken) and its content that of the digest (ErrDigest). It returns the salt, with which
// the content is an Opening.
func OpenTo(w io.Writer, file io.Reader, key PrivateKey, e Envelope, binding []byte) (salt []byte, err error) {
	if err := e.ValidateBasic(openLimits(true)); err != nil {
		return nil, err
	}
	contentKey, err := key.open(e.Keys, useKey, e.info(binding)...)
	if err != nil {
		return nil, err
	}
	defer clear(contentKey)
	aead, err := newAEAD(e.Cipher, contentKey, useFile)
	if err != nil {
		return nil, err
	}
	magic := make([]byte, len(fileMagic))
	if _, err := readFull(file, magic); err != nil {
		return nil, err
	}
	if !bytes.Equal(magic, fileMagic) {
		return nil, ErrBroken.Wrap("file is not a sealed file of a known version")
	}
	salt, digest, err := decryptFile(w, file, aead)
	if err != nil {
		return nil, err
	}
	if err := checkDigest(e.Digest, salt, digest); err != nil {
		return nil, err
	}
	return salt, nil
}

func decryptFile(w io.Writer, file io.Reader, aead cipher.AEAD) (salt, digest []byte, err error) {
	h := newHash(useContent)
	size := 0
	err = eachChunk(file, chunkSize+tagSize, func(chunk []byte, nonce []byte) error {
		plain, err := aead.Open(chunk[:0], nonce, chunk, nil)
		if err != nil {
			return ErrBroken.Wrap("file does not open")
		}
		if size += len(plain); size > MaxFile+DigestSize {
			return ErrTooLarge.Wrapf("content has more than %d bytes", MaxFile)
		}
		h.Write(plain)
		if salt == nil {
			if len(plain) < DigestSize {
				return ErrBroken.Wrap("file is too short")
			}
			salt, plain = bytes.Clone(plain[:DigestSize]), plain[DigestSize:]
		}
		_, err = w.Write(plain)
		return err
	})
	return salt, h.Sum(nil), err
}

// eachChunk cuts r into chunks of size bytes, the last 1 to size, or empty if r is, and gives each with its
// nonce: a counter of 11 bytes and a byte that marks the last (STREAM, Hoang, Reyhanitabar, Rogaway and
// Vizár 2015). So chunks left out, doubled, moved or cut off do not open. The chunk may be written over and
// grown by a tag.
func eachChunk(r io.Reader, size int, do func(chunk, nonce []byte) error) error {
	current, next := make([]byte, size, size+tagSize), make([]byte, size, size+tagSize)
	defer clear(current[:cap(current)])
	defer clear(next[:cap(next)])
	n, err := readFull(r, current)
	if err != nil {
		return err
	}
	for counter := uint64(0); ; counter++ {
		// One chunk ahead, since a full chunk may be the last one.
		m, err := readFull(r, next)
		if err != nil {
			return err
		}
		nonce := make([]byte, nonceSize)
		binary.BigEndian.PutUint64(nonce[3:], counter)
		if m == 0 {
			nonce[nonceSize-1] = 1
		}
		if err := do(current[:n], nonce); err != nil || m == 0 {
			return err
		}
		current, next, n = next[:size], current[:size], m
	}
}

// readFull reads until p is full or r ends. Unlike io.ReadFull it tells a reader that ends from one that
// fails with io.ErrUnexpectedEOF, as a broken download does: its first part must not be sealed as a whole.
func readFull(r io.Reader, p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m, err := r.Read(p[n:])
		n += m
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// CheckFile says whether r is the file of a detached envelope, without any key; ErrBroken if not.
func CheckFile(r io.Reader, want File) error {
	h := sha256.New()
	// One byte more than there should be is enough to know that it is another file.
	size, err := io.Copy(h, io.LimitReader(r, want.Size+1))
	if err != nil {
		return err
	}
	if size != want.Size || !bytes.Equal(h.Sum(nil), want.SHA256) {
		return ErrBroken.Wrap("file is not the one that was sealed")
	}
	return nil
}

// CheckOpeningFrom is CheckOpening for content of any size.
func CheckOpeningFrom(digest, salt []byte, content io.Reader) error {
	h := contentHash(salt)
	if _, err := io.Copy(h, content); err != nil {
		return err
	}
	return checkDigest(digest, salt, h.Sum(nil))
}

func contentHash(salt []byte) hash.Hash {
	h := newHash(useContent)
	h.Write(salt)
	return h
}

func checkDigest(want, salt, got []byte) error {
	if len(salt) != DigestSize {
		return ErrDigest.Wrapf("salt has %d bytes, must have %d", len(salt), DigestSize)
	}
	if subtle.ConstantTimeCompare(want, got) != 1 {
		return ErrDigest
	}
	return nil
}

type countingHash struct {
	hash.Hash
	size int64
}

func (c *countingHash) Write(p []byte) (int, error) {
	n, err := c.Hash.Write(p)
	c.size += int64(n)
	return n, err
}
