// Package privacy says what each field tells and who may read it, and takes out of an answer what its
// reader may not.
//
// Every field of the messages below zhilian.* has a class, in the proto files: a level (JR/T 0197-2020), a
// category of personal information (JR/T 0171-2020), and whether its bytes are sealed. Every query says
// whether anyone may ask it, or which permission it needs. A test fails for a field or a query without.
// docs/data-classes.md lists all of them, from the same source.
//
// ClassOf and ReadOf read the options. MaskJSON and Mask apply them: to JSON as REST and the command line
// print it, and to messages. Both follow one plan for each message and reader, so they cannot differ.
//
// The package is known by the generated types of all modules, so it knows nothing of ours, not even the
// types below api: it reads options from their encoded form.
package privacy
