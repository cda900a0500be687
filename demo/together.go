package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	dispute "github.com/zhilian-network/zhilian/x/dispute/types"
)

// doTogether lets several people run a command at once. One who is refused makes the step a refused one.
func (t *teller) doTogether(ctx context.Context, scene scene) (reply, error) {
	members := scene.each
	if scene.panel != 0 {
		var err error
		if members, err = t.panel(ctx, scene.panel); err != nil {
			return reply{}, err
		}
	}
	replies, failures := make([]reply, len(members)), make([]error, len(members))
	var all sync.WaitGroup
	for i, member := range members {
		all.Go(func() { replies[i], failures[i] = t.do(ctx, as(scene, member, t.addressOf(member))) })
	}
	all.Wait()
	got := reply{command: shown(t.fill(as(scene, "MEMBER", "ADDRESS").run), scene.into)}
	texts := make([]string, len(members))
	for i, member := range members {
		texts[i] = fmt.Sprintf("%s: %s", member, replies[i].text)
		got.refused = got.refused || replies[i].refused
	}
	got.text = strings.Join(texts, "\n")
	return got, errors.Join(failures...)
}

// as is a scene of one of several.
func as(what scene, member, address string) scene {
	what.who = member
	what.run = slices.Clone(what.run)
	for i, argument := range what.run {
		what.run[i] = strings.NewReplacer("{member}", member, "{address}", address).Replace(argument)
	}
	return what
}

func (t *teller) addressOf(name string) string {
	operator, _ := t.layout.Operator(name)
	return operator.Address
}

// panel are the keys of those who decide a case now.
func (t *teller) panel(ctx context.Context, number uint64) ([]string, error) {
	answer, err := dispute.NewQueryClient(t.desk.base).Panels(ctx, &dispute.QueryPanelsRequest{CaseId: number})
	if err != nil {
		return nil, err
	}
	if len(answer.Panels) == 0 {
		return nil, fmt.Errorf("case %d has no panel", number)
	}
	var names []string
	for _, seat := range answer.Panels[len(answer.Panels)-1].Panel.Seats {
		for _, operator := range t.layout.Operators {
			if operator.Address == seat.Arbitrator && seat.Status == dispute.Seated {
				names = append(names, operator.Name)
			}
		}
	}
	return names, nil
}
