package rest

import (
	"embed"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gorilla/mux"
	"google.golang.org/grpc/codes"
	"sigs.k8s.io/yaml"

	"github.com/zhilian-network/zhilian/api/openapi"
)

// page is the browsable document: files of our own, nothing from elsewhere.
//
//go:embed page
var page embed.FS

// pagePolicy lets the page load its own files and ask its own node, and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mountDocument serves the OpenAPI document and the page that shows it.
func mountDocument(router *mux.Router) error {
	inYAML, err := yaml.JSONToYAML(openapi.JSON)
	if err != nil {
		return err
	}
	router.Handle("/zhilian/openapi.json", static("application/json", openapi.JSON))
	router.Handle("/zhilian/openapi.yaml", static("application/yaml", inYAML))
	router.HandleFunc("/zhilian/docs", servePage("index.html"))
	router.HandleFunc("/zhilian/docs/{file}", func(w http.ResponseWriter, r *http.Request) {
		servePage(mux.Vars(r)["file"])(w, r)
	})
	for _, start := range []string{"/", "/zhilian", "/zhilian/", "/zhilian/docs/"} {
		router.Handle(start, readOnly(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/zhilian/docs", http.StatusFound)
		}))
	}
	return nil
}

// mountRoute puts a handler of another part of the node behind the door.
func mountRoute(router *mux.Router, route Route) {
	mounted := router.Path(route.Path)
	if strings.HasSuffix(route.Path, "/") {
		mounted = router.PathPrefix(route.Path)
	}
	if route.Streams {
		mounted.Name(streamRoute)
	}
	mounted.Handler(route.Handler)
}

func servePage(name string) http.HandlerFunc {
	return readOnly(func(w http.ResponseWriter, r *http.Request) {
		text, err := page.ReadFile(path.Join("page", path.Base("/"+name)))
		if err != nil {
			refused(http.StatusNotFound, codes.NotFound, "the page has no such file").write(w)
			return
		}
		header := w.Header()
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Frame-Options", "DENY")
		static(mime.TypeByExtension(path.Ext(name)), text)(w, r)
	})
}

func static(mediaType string, text []byte) http.HandlerFunc {
	return readOnly(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(text)
	})
}

func readOnly(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			(&failure{
				status: http.StatusMethodNotAllowed, code: codes.Unimplemented, allow: "GET, HEAD",
				message: "only GET and HEAD are served here",
			}).write(w)
			return
		}
		next(w, r)
	}
}
