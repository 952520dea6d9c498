;;; kb.el --- Facts about AWS services where you write  -*- lexical-binding: t; -*-

;; Author: The kb authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: tools, docs
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; `kb-mode' shows what is known about the service or property at point (ElDoc) and marks values over
;; a limit (Flymake).  It speaks to `kb lsp' over a connection of its own, so it works beside Eglot and
;; whatever server that has for the buffer.  `kb-search' searches the notes, with a preview.
;;
;;   (require 'kb)
;;   (add-hook 'prog-mode-hook #'kb-mode)
;;
;; For one client for everything instead: `kb-eglot-add' (where no other server is needed) and
;; `kb-lsp-mode-add' (as an add-on beside others).
;; Needs the command `kb' with its extra: pip install 'aws-kb[lsp]'.

;;; Code:

(require 'jsonrpc)
(require 'subr-x)
(require 'url-util)

(defvar eglot-server-programs)
(declare-function eldoc "eldoc")
(declare-function flymake-make-diagnostic "flymake")
(declare-function lsp-register-client "lsp-mode")
(declare-function make-lsp-client "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(declare-function vertico--candidate "vertico")

(defgroup kb nil "Facts about AWS services." :group 'tools)

(defcustom kb-command '("kb" "lsp")
  "Program and arguments of the language server.
For notes of your own: (\"kb\" \"--base\" \"/notes\" \"lsp\")."
  :type '(repeat string) :risky t)

(defcustom kb-modes
  '(yaml-mode yaml-ts-mode json-mode json-ts-mode js-json-mode terraform-mode hcl-mode python-mode python-ts-mode
    js-mode js-ts-mode typescript-mode typescript-ts-mode go-mode go-ts-mode java-mode java-ts-mode
    rust-mode rust-ts-mode sh-mode bash-ts-mode markdown-mode)
  "Modes that `kb-eglot-add' and `kb-lsp-mode-add' register the server for."
  :type '(repeat symbol))

(defcustom kb-search-limit 30
  "How many hits `kb-search' offers."
  :type 'natnum)

;;; The connection

(defvar kb--connection nil "The connection to the server, or nil.")
(defvar-local kb--sent nil "Modification tick of the text the server has of this buffer.")
(defvar-local kb--version 0 "Version of that text.")
(defvar-local kb--for nil "Connection that knows this buffer.")
(defvar-local kb--report nil "What Flymake wants to be called with.")
(defvar-local kb--diagnostics nil "What the server said last of this buffer.")

(defun kb--uri (path)
  "Return the address of the file at PATH."
  (concat "file://" (url-hexify-string (expand-file-name path) url-path-allowed-chars)))

(defun kb--path (uri)
  "Return the path of the file that URI names, or nil."
  (when (string-prefix-p "file://" uri)
    (decode-coding-string (url-unhex-string (string-remove-prefix "file://" uri)) 'utf-8)))

(defun kb--buffer-uri ()
  "Return the address of this buffer; made up for one without a file."
  (if buffer-file-name (kb--uri buffer-file-name)
    (kb--uri (expand-file-name (url-hexify-string (buffer-name)) temporary-file-directory))))

(defun kb--language ()
  "Return the language of this buffer as the protocol names it."
  (let ((name (string-remove-suffix "-ts" (string-remove-suffix "-mode" (symbol-name major-mode)))))
    (pcase name ("sh" "shellscript") ("js" "javascript") ("js-json" "json") (_ name))))

(defun kb--notified (_connection method params)
  "Keep the diagnostics of a notification: METHOD with PARAMS."
  (when (eq method 'textDocument/publishDiagnostics)
    (let ((uri (plist-get params :uri)))
      (dolist (buffer (buffer-list))
        (with-current-buffer buffer
          (when (and kb--for (equal (kb--buffer-uri) uri))
            (setq kb--diagnostics (append (plist-get params :diagnostics) nil))
            (kb--tell-flymake)))))))

(defun kb--connect ()
  "Return the connection to the server; start it where there is none."
  (unless (and kb--connection (jsonrpc-running-p kb--connection))
    (unless (executable-find (car kb-command))
      (user-error "Cannot run %s; install it (pip install 'aws-kb[lsp]') or set `kb-command'" (car kb-command)))
    (let ((connection
           (make-instance
            'jsonrpc-process-connection
            :name "kb" :notification-dispatcher #'kb--notified
            :request-dispatcher #'ignore
            :process (lambda ()
                       (make-process :name "kb" :command kb-command :connection-type 'pipe :noquery t
                                     :coding 'utf-8-emacs-unix :stderr (get-buffer-create "*kb stderr*"))))))
      (condition-case nil
          (jsonrpc-request
           connection :initialize
           `(:processId ,(emacs-pid) :rootUri nil
             :capabilities (:general (:positionEncodings ["utf-32"])
                            :textDocument (:hover (:contentFormat ["plaintext"])
                                           :publishDiagnostics (:versionSupport t))))
           :timeout 20)
        (error (ignore-errors (jsonrpc-shutdown connection))
               (user-error "The server %s does not start; *kb stderr* says why" (string-join kb-command " "))))
      (jsonrpc-notify connection :initialized (make-hash-table))
      (setq kb--connection connection)))
  kb--connection)

(defun kb-shutdown ()
  "Stop the server."
  (interactive)
  (when (and kb--connection (jsonrpc-running-p kb--connection))
    (ignore-errors
      (jsonrpc-request kb--connection :shutdown nil :timeout 3)
      (jsonrpc-notify kb--connection :exit nil)))
  (setq kb--connection nil))

(defun kb--ask (method params)
  "Ask the server METHOD with PARAMS and return its answer."
  (condition-case problem
      (jsonrpc-request (kb--connect) method params :timeout 30)
    (jsonrpc-error (user-error "The server answers: %s"
                               (or (cdr (assq 'jsonrpc-error-message (cddr problem))) problem)))))

(defun kb--sync ()
  "Give the server the text of this buffer, unless it has it.
Return the connection."
  (let ((connection (kb--connect)) (tick (buffer-chars-modified-tick)))
    (unless (and (eq kb--for connection) (eql kb--sent tick))
      (let ((text (save-restriction (widen) (buffer-substring-no-properties (point-min) (point-max)))))
        (setq kb--version (1+ kb--version))
        (if (eq kb--for connection)
            (jsonrpc-notify connection :textDocument/didChange
                            `(:textDocument (:uri ,(kb--buffer-uri) :version ,kb--version)
                              :contentChanges [(:text ,text)]))
          (jsonrpc-notify connection :textDocument/didOpen
                          `(:textDocument (:uri ,(kb--buffer-uri) :languageId ,(kb--language)
                                           :version ,kb--version :text ,text))))
        (setq kb--for connection kb--sent tick)))
    connection))

(defun kb--forget ()
  "Tell the server that this buffer is gone."
  (when (and kb--for (jsonrpc-running-p kb--for))
    (ignore-errors
      (jsonrpc-notify kb--for :textDocument/didClose `(:textDocument (:uri ,(kb--buffer-uri))))))
  (setq kb--for nil kb--sent nil kb--diagnostics nil))

;;; Hover and checks

(defun kb--position ()
  "Return point as the protocol counts, in code points."
  (save-restriction
    (widen)
    (list :line (1- (line-number-at-pos)) :character (- (point) (line-beginning-position)))))

(defun kb-eldoc (callback &rest _)
  "Call CALLBACK with what is known about the thing at point.
For `eldoc-documentation-functions'."
  (let ((buffer (current-buffer)))
    (jsonrpc-async-request
     (kb--sync) :textDocument/hover
     `(:textDocument (:uri ,(kb--buffer-uri)) :position ,(kb--position))
     :success-fn (lambda (answer)
                   (when (buffer-live-p buffer)
                     (with-current-buffer buffer
                       (when-let ((card (plist-get (plist-get answer :contents) :value)))
                         (funcall callback card)))))
     :error-fn #'ignore :timeout-fn #'ignore)
    t))

(defun kb-describe ()
  "Show all that is known about the thing at point."
  (interactive)
  (kb--sync)
  (let* ((answer (kb--ask :textDocument/hover
                          `(:textDocument (:uri ,(kb--buffer-uri)) :position ,(kb--position))))
         (card (plist-get (plist-get answer :contents) :value)))
    (if card (with-help-window "*kb*" (princ card))
      (message "kb knows nothing of this"))))

(defun kb--point (position)
  "Return the place in this buffer that POSITION of the protocol names."
  (save-excursion
    (save-restriction
      (widen)
      (goto-char (point-min))
      (forward-line (plist-get position :line))
      (min (line-end-position) (+ (point) (plist-get position :character))))))

(defun kb--tell-flymake ()
  "Hand the diagnostics to Flymake."
  (when kb--report
    (funcall kb--report
             (mapcar (lambda (one)
                       (let ((range (plist-get one :range)))
                         (flymake-make-diagnostic
                          (current-buffer)
                          (kb--point (plist-get range :start)) (kb--point (plist-get range :end))
                          (pcase (plist-get one :severity) (1 :error) (2 :warning) (_ :note))
                          (plist-get one :message))))
                     kb--diagnostics)
             :region (cons (point-min) (point-max)))))

(defun kb-flymake (report &rest _)
  "Check this buffer and call REPORT; a backend of Flymake."
  (setq kb--report report)
  (if (and (eq kb--for kb--connection) (eql kb--sent (buffer-chars-modified-tick)))
      (kb--tell-flymake)
    (kb--sync)))

;;;###autoload
(define-minor-mode kb-mode
  "Show facts about AWS services at point, and mark values over a limit."
  :lighter " kb"
  (if kb-mode
      (progn
        (require 'flymake)
        (add-hook 'eldoc-documentation-functions #'kb-eldoc nil t)
        (add-hook 'flymake-diagnostic-functions #'kb-flymake nil t)
        (add-hook 'kill-buffer-hook #'kb--forget nil t)
        (eldoc-mode 1)
        (when (fboundp 'flymake-mode) (flymake-mode 1)))
    (remove-hook 'eldoc-documentation-functions #'kb-eldoc t)
    (remove-hook 'flymake-diagnostic-functions #'kb-flymake t)
    (remove-hook 'kill-buffer-hook #'kb--forget t)
    (kb--forget)
    (setq kb--report nil)))

;;; Search

(defun kb--line (text)
  "Return TEXT as one line."
  (string-trim (replace-regexp-in-string "[ \t\n]+" " " (or text ""))))

(defun kb--candidates (items)
  "Return an alist of label and item for ITEMS, no label twice."
  (let (found)
    (seq-doseq (item items)
      (let ((label (kb--line (format "%s: %s" (plist-get item :title)
                                     (or (plist-get item :heading) (plist-get item :summary))))))
        (while (assoc label found) (setq label (concat label " +")))
        (push (cons label item) found)))
    (nreverse found)))

(defun kb--shown (item)
  "Return the window that previews the file of ITEM, at its line."
  (when-let ((path (kb--path (plist-get item :uri))))
    (with-current-buffer (get-buffer-create "*kb preview*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert-file-contents path))
      (setq buffer-read-only t)
      (goto-char (point-min))
      (forward-line (or (plist-get item :line) 0))
      (when-let ((window (display-buffer (current-buffer))))
        (set-window-point window (point))
        (set-window-start window (point))
        window))))

(defun kb--current ()
  "Return the candidate that the minibuffer would take now."
  (cond ((bound-and-true-p vertico--input) (vertico--candidate))
        (t (let ((typed (minibuffer-contents-no-properties)))
             (or (car (member typed (all-completions typed minibuffer-completion-table)))
                 (car (all-completions typed minibuffer-completion-table)))))))

(defun kb--choose (prompt items)
  "Ask with PROMPT for one of ITEMS, with a preview, and visit its note."
  (let* ((candidates (or (kb--candidates items) (user-error "Nothing found")))
         (said (lambda (label)
                 (let ((item (cdr (assoc label candidates))))
                   (concat "  " (propertize (kb--line (or (plist-get item :value) (plist-get item :snippet) ""))
                                            'face 'completions-annotations)))))
         (table (lambda (text predicate action)
                  (if (eq action 'metadata) ; the server ranks: keep its order
                      `(metadata (display-sort-function . identity) (cycle-sort-function . identity)
                                 (annotation-function . ,said))
                    (complete-with-action action candidates text predicate))))
         (last nil)
         (label (unwind-protect
                    (minibuffer-with-setup-hook
                        (lambda ()
                          (add-hook 'post-command-hook
                                    (lambda ()
                                      (let ((now (kb--current)))
                                        (unless (equal now last)
                                          (setq last now)
                                          (when-let ((item (cdr (assoc now candidates))))
                                            (kb--shown item)))))
                                    nil t))
                      (completing-read prompt table nil t nil nil (caar candidates)))
                  (when-let ((buffer (get-buffer "*kb preview*")))
                    (ignore-errors (quit-windows-on buffer t))))))
    (kb-visit (cdr (assoc label candidates)))))

(defun kb-visit (item)
  "Visit the note of ITEM at its line."
  (find-file (or (kb--path (or (plist-get item :uri) "")) (user-error "This note has no file")))
  (goto-char (point-min))
  (forward-line (or (plist-get item :line) 0)))

(defun kb-find (words)
  "Return what the notes hold of WORDS, best first: a list of plists."
  (append (plist-get (kb--ask :kb/search `(:query ,words :limit ,kb-search-limit)) :hits) nil))

;;;###autoload
(defun kb-search (words)
  "Search the notes for WORDS, choose among the hits, visit the chosen one."
  (interactive (list (read-string "kb search: " nil nil (thing-at-point 'symbol t))))
  (kb--choose (format "kb %s: " words) (kb-find words)))

;;;###autoload
(defun kb-related (start end)
  "Choose among the notes nearest to the region from START to END.
Without a region: to the line."
  (interactive (if (use-region-p) (list (region-beginning) (region-end))
                 (list (line-beginning-position) (line-end-position))))
  (kb--choose "kb related: "
              (plist-get (kb--ask :kb/related `(:text ,(buffer-substring-no-properties start end))) :notes)))

;;; Other clients

;;;###autoload
(defun kb-eglot-add (&optional modes)
  "Let Eglot run kb for MODES (default `kb-modes') in place of another.
Eglot runs one server per buffer; where you need another too, use `kb-mode'."
  (require 'eglot)
  (add-to-list 'eglot-server-programs (cons (or modes kb-modes) kb-command)))

;;;###autoload
(defun kb-lsp-mode-add ()
  "Let lsp-mode run kb beside the other servers of a buffer."
  (require 'lsp-mode)
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (lambda () kb-command))
                    :major-modes kb-modes :server-id 'kb :add-on? t :priority -1)))

(provide 'kb)
;;; kb.el ends here
