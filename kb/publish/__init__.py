"""What a host and a browser need beside the pages: headers, a service worker, an app manifest, a copy that works from disk."""
