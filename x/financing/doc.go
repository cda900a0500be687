// Package financing turns what core enterprises owe their suppliers into units that are financed once.
package financing
