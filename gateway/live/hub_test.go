package live

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/gateway/index"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
)

func TestWhatWaitsIsCountedAndForgottenWithItsSubscriber(t *testing.T) {
	hub := NewHub(DefaultLimits(), nil)
	block := index.Block{Height: 1, Payments: []index.Payment{{PaymentRow: gatewaytypes.PaymentRow{
		Uetr: "u", Debtor: "a", Creditor: "b", Amount: math.NewInt(1), Height: 1,
	}}}}
	payer, payee := &subscriber{account: "a", wake: make(chan struct{}, 1)}, &subscriber{account: "b", wake: make(chan struct{}, 1)}
	hub.register(payer)
	hub.register(payee)
	hub.Publish(block)
	hub.Publish(block)
	require.Len(t, payer.queue, 2)
	require.Same(t, &payer.queue[0].text[0], &payee.queue[0].text[0], "an event is written down once for all")
	require.Equal(t, 4*len(payer.queue[0].text), hub.queued)

	events, dropped := hub.take(payer)
	require.Len(t, events, 2)
	require.Empty(t, dropped)
	require.Equal(t, payee.queuedBytes, hub.queued)
	hub.unregister(payee)
	require.Zero(t, hub.queued)
	hub.unregister(payer)
	require.Empty(t, hub.watchers, "nobody is remembered who is gone")
	hub.Publish(block)
	require.Zero(t, hub.queued)
}
