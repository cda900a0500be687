package seal

import "crypto/rand"

// MaxInline is the most bytes of content that an envelope holds itself: 1 MiB. The ledger's own limits are
// lower.
const MaxInline = 1 << 20

// overhead is what a ciphertext has beyond its content: nonce, salt, tag.
const overhead = nonceSize + DigestSize + tagSize

// Limits is what a place allows of an envelope.
type Limits struct {
	// MaxContent is the most bytes of content; a ciphertext has 60 more.
	MaxContent int
	// MinKeys and MaxKeys bound the number of sealed keys, those for groups among them.
	MinKeys, MaxKeys int
	// Groups allows keys that are sealed for groups.
	Groups bool
	// Detached envelopes must have no ciphertext, others must have one.
	Detached bool
}

// openLimits are those of readers, who take whatever can be opened.
func openLimits(detached bool) Limits {
	return Limits{MaxContent: MaxInline, MaxKeys: MaxReaders, Groups: true, Detached: detached}
}

// ValidateBasic checks the form of an envelope: ErrInvalidEnvelope, ErrInvalidCipher or ErrTooLarge. It is
// meant for consensus: it does no cryptography, has no randomness and cannot panic; it compares at most 33
// keys by their first 32 bytes and lengths, whatever the envelope's size. It cannot know whether anyone can
// open the envelope.
func (e Envelope) ValidateBasic(limits Limits) error {
	if err := validateCipher(e.Cipher); err != nil {
		return err
	}
	if len(e.Digest) != DigestSize {
		return ErrInvalidEnvelope.Wrapf("digest has %d bytes, must have %d", len(e.Digest), DigestSize)
	}
	switch {
	case limits.Detached && len(e.Ciphertext) != 0:
		return ErrInvalidEnvelope.Wrap("ciphertext must be kept outside the envelope")
	case limits.Detached:
	case len(e.Ciphertext) < overhead:
		return ErrInvalidEnvelope.Wrapf("ciphertext has %d bytes, the shortest has %d", len(e.Ciphertext), overhead)
	case len(e.Ciphertext)-overhead > limits.MaxContent:
		return ErrTooLarge.Wrapf("content has %d bytes, at most %d are allowed", len(e.Ciphertext)-overhead, limits.MaxContent)
	}
	return validateKeys(e.Keys, limits.MinKeys, min(limits.MaxKeys, MaxReaders), limits.Groups)
}

// Opening shows what a digest stands for. Whoever has it can prove the content to an arbitrator, without
// any key; see CheckOpening.
type Opening struct {
	// Salt is 32 random bytes that hide the content from those who see its digest and guess.
	Salt []byte
	// Content is what was sealed.
	Content []byte
}

// CheckOpening says whether content and salt are those of a digest; ErrDigest if not.
func CheckOpening(digest []byte, opening Opening) error {
	h := contentHash(opening.Salt)
	h.Write(opening.Content)
	return checkDigest(digest, opening.Salt, h.Sum(nil))
}

// Seal encrypts content for 1 to 32 readers and groups of readers. Binding is what the content belongs to, such as a record's id
// or a payment's UETR with its network: the same bytes must be given when it is opened, and they are not
// in the envelope. Content is at most MaxInline bytes; use SealTo beyond that. The first group makes the content
// key, so that nothing is sealed for it: let it be the sealer's own side.
//
// The length of the content can be seen; pad it first if it tells something.
func Seal(content, binding []byte, c Cipher, readers []PublicKey, groups ...Group) (Envelope, error) {
	if err := validateReaders(readers, 1-min(len(groups), 1)); err != nil {
		return Envelope{}, err
	}
	if most := MaxReaders - len(readers); len(groups) > most {
		return Envelope{}, ErrInvalidReaders.Wrapf("%d groups, at most %d beside %d readers", len(groups), most, len(readers))
	}
	if err := validateCipher(c); err != nil {
		return Envelope{}, err
	}
	if len(content) > MaxInline {
		return Envelope{}, ErrTooLarge.Wrapf("content has %d bytes, at most %d are allowed", len(content), MaxInline)
	}
	salt := randomBytes(DigestSize)
	h := contentHash(salt)
	h.Write(content)
	e := Envelope{Cipher: c, Digest: h.Sum(nil)}
	key, err := e.newKey(binding, groups)
	if err != nil {
		return Envelope{}, err
	}
	defer clear(key)
	if e.Ciphertext, err = encrypt(key, salt, content, binding, e); err != nil {
		return Envelope{}, err
	}
	if e.Keys, err = sealForAll(readers, key, useKey, e.info(binding)...); err != nil {
		return Envelope{}, err
	}
	if err := e.addGroups(key, binding, groups); err != nil {
		return Envelope{}, err
	}
	return e, nil
}

// newKey is the content key: the first group's, or a random one.
func (e Envelope) newKey(binding []byte, groups []Group) ([]byte, error) {
	if len(groups) == 0 {
		return randomBytes(secretSize), nil
	}
	return groups[0].contentKey(e, binding)
}

func (e *Envelope) addGroups(key, binding []byte, groups []Group) error {
	for i, group := range groups {
		sealed := SealedKey{KeyId: group.Commitment()}
		if i > 0 {
			var err error
			if sealed, err = group.sealKey(key, *e, binding); err != nil {
				return err
			}
		}
		if _, there := findKey(e.Keys, sealed.KeyId); there {
			return ErrInvalidReaders.Wrap("a group is there twice")
		}
		e.Keys = append(e.Keys, sealed)
		sortKeys(e.Keys)
	}
	return nil
}

// info is what a content key is sealed for.
func (e Envelope) info(binding []byte) [][]byte {
	return [][]byte{hashOf(useBinding, binding), {byte(e.Cipher)}, e.Digest}
}

func encrypt(key, salt, content, binding []byte, e Envelope) ([]byte, error) {
	aead, err := newAEAD(e.Cipher, key, useInline)
	if err != nil {
		return nil, err
	}
	// Random, although each content key is used once: nothing then rests on that alone.
	nonce := randomBytes(nonceSize)
	// Encrypted in place, so that no second copy of the content is left behind.
	out := make([]byte, 0, overhead+len(content))
	out = append(append(append(out, nonce...), salt...), content...)
	aead.Seal(out[:nonceSize], nonce, out[nonceSize:], inlineAAD(e.Digest, binding))
	return out[:cap(out)], nil
}

// Open decrypts an envelope for one of its readers and checks its digest. The errors are
// ErrInvalidEnvelope for its form, ErrNoCiphertext if its content is kept outside, ErrNotReader,
// ErrBroken if anything was altered or the binding is another, and ErrDigest if the sealer cheated.
func Open(key PrivateKey, e Envelope, binding []byte) ([]byte, error) {
	opening, err := Disclose(key, e, binding)
	return opening.Content, err
}

// Disclose is Open that gives the salt too, for CheckOpening.
func Disclose(key PrivateKey, e Envelope, binding []byte) (Opening, error) {
	if err := e.validateInline(); err != nil {
		return Opening{}, err
	}
	contentKey, err := key.open(e.Keys, useKey, e.info(binding)...)
	if err != nil {
		return Opening{}, err
	}
	defer clear(contentKey)
	return decrypt(contentKey, e, binding)
}

func (e Envelope) validateInline() error {
	if len(e.Ciphertext) == 0 {
		if err := e.ValidateBasic(openLimits(true)); err != nil {
			return err
		}
		return ErrNoCiphertext
	}
	return e.ValidateBasic(openLimits(false))
}

func decrypt(contentKey []byte, e Envelope, binding []byte) (Opening, error) {
	aead, err := newAEAD(e.Cipher, contentKey, useInline)
	if err != nil {
		return Opening{}, err
	}
	nonce, sealed := e.Ciphertext[:nonceSize], e.Ciphertext[nonceSize:]
	plain, err := aead.Open(nil, nonce, sealed, inlineAAD(e.Digest, binding))
	if err != nil {
		return Opening{}, ErrBroken.Wrap("ciphertext does not open")
	}
	opening := Opening{Salt: plain[:DigestSize:DigestSize], Content: plain[DigestSize:]}
	if err := CheckOpening(e.Digest, opening); err != nil {
		clear(plain)
		return Opening{}, err
	}
	return opening, nil
}

// Reseal lets a reader give another the content key, so that nothing is uploaded again. It opens the
// envelope first: nobody passes on what fails its digest. InsertKey puts the result into the envelope.
func Reseal(key PrivateKey, e Envelope, binding []byte, reader PublicKey) (SealedKey, error) {
	opening, err := Disclose(key, e, binding)
	if err != nil {
		return SealedKey{}, err
	}
	clear(opening.Content)
	return reseal(key, e, binding, reader)
}

// ResealDetached is Reseal for content that is kept outside, without its file. It checks that the key was
// sealed for this envelope and binding, not that it opens the file: OpenTo does, with io.Discard if need be.
func ResealDetached(key PrivateKey, e Envelope, binding []byte, reader PublicKey) (SealedKey, error) {
	if err := e.ValidateBasic(openLimits(true)); err != nil {
		return SealedKey{}, err
	}
	return reseal(key, e, binding, reader)
}

func reseal(key PrivateKey, e Envelope, binding []byte, reader PublicKey) (SealedKey, error) {
	contentKey, err := key.open(e.Keys, useKey, e.info(binding)...)
	if err != nil {
		return SealedKey{}, err
	}
	defer clear(contentKey)
	return resealWith(contentKey, e, binding, reader)
}

func resealWith(contentKey []byte, e Envelope, binding []byte, reader PublicKey) (SealedKey, error) {
	if err := reader.Validate(); err != nil {
		return SealedKey{}, err
	}
	return sealFor(reader, contentKey, useKey, e.info(binding)...)
}

// randomBytes cannot fail: the program ends if the system has no randomness.
func randomBytes(size int) []byte {
	out := make([]byte, size)
	rand.Read(out)
	return out
}
