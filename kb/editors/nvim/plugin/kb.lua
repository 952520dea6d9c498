-- Starts the server for the file types of lsp/kb.lua and defines the commands.
if vim.g.loaded_kb then
  return
end
vim.g.loaded_kb = true

if vim.fn.has("nvim-0.11") == 0 then
  vim.notify("kb needs Neovim 0.11 or newer", vim.log.levels.WARN)
  return
end

vim.api.nvim_create_user_command("KbSearch", function(given)
  require("kb").search(given.args)
end, { nargs = "*", desc = "Search the AWS notes; without words, ask for them" })

vim.api.nvim_create_user_command("KbRelated", function(given)
  local lines = vim.api.nvim_buf_get_lines(0, given.line1 - 1, given.line2, false)
  require("kb").related(table.concat(lines, "\n"))
end, { range = true, desc = "Show the notes nearest to this line, or to the selected lines" })

if vim.g.kb_enable ~= false then
  vim.lsp.enable("kb")
end
