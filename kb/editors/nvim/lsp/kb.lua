-- The language server of kb, for vim.lsp.enable("kb"). To run another command, in your init.lua:
--   vim.lsp.config("kb", { cmd = { "/path/to/kb", "lsp" } })
return {
  cmd = { "kb", "lsp" },
  filetypes = {
    "yaml", "yaml.cloudformation", "json", "jsonc", "terraform", "terraform-vars", "hcl", "python", "javascript",
    "typescript", "javascriptreact", "typescriptreact", "go", "java", "rust", "cs", "sh", "bash", "markdown",
  },
  root_markers = { ".git" },
}
