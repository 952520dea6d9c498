-- Search and related notes, asked of `kb lsp`; the pickers show them.
local M = {}

local function warn(text)
  vim.notify("kb: " .. text, vim.log.levels.WARN)
end

--- Call back with a client of the server: the one that runs, or a new one that no buffer is attached to.
local function with_client(callback)
  local running = vim.lsp.get_clients({ name = "kb" })[1]
  if running then
    return callback(running)
  end
  local config = vim.lsp.config.kb
  local command = type(config.cmd) == "table" and config.cmd[1]
  if command and vim.fn.executable(command) == 0 then
    return warn(("cannot run %q; install it (pip install 'aws-kb[lsp]') or set its path: :help kb-command"):format(command))
  end
  local told = false
  local started = vim.tbl_extend("force", config, {
    root_dir = vim.uv.cwd(),
    on_init = function(client, answer)
      for _, theirs in ipairs(type(config.on_init) == "table" and config.on_init or { config.on_init }) do
        theirs(client, answer)
      end
      told = true
      callback(client)
    end,
    on_exit = vim.schedule_wrap(function(status)
      if not told then
        warn(("the server ended with status %d; :help kb-trouble"):format(status))
      end
    end),
  })
  if not vim.lsp.start(started, { attach = false }) then
    warn("the server does not start; :help kb-trouble")
  end
end

--- Ask the server and call back with what it answers.
local function ask(method, params, callback)
  with_client(function(client)
    client:request(method, params, function(problem, answer)
      if problem then
        warn(problem.message)
      else
        callback(answer)
      end
    end, 0)
  end)
end

--- Return where an item stands in its file, as path and line from 1.
function M.place(item)
  return vim.uri_to_fname(item.uri), (item.line or 0) + 1
end

--- Open the note of an item at its line.
function M.open(item)
  local path, line = M.place(item)
  vim.cmd.edit(vim.fn.fnameescape(path))
  vim.api.nvim_win_set_cursor(0, { math.min(line, vim.api.nvim_buf_line_count(0)), 0 })
  vim.cmd.normal({ "zt", bang = true })
end

local function one_line(text)
  return vim.trim((tostring(text or ""):gsub("%s+", " ")))
end

--- Return what a list shows of a hit.
function M.label(hit)
  local said = one_line(hit.value and hit.value ~= vim.NIL and hit.value or hit.snippet)
  local heading = one_line(hit.heading)
  local name = heading == "" and hit.title or ("%s: %s"):format(hit.title, heading)
  return said == "" and name or ("%s - %s"):format(name, said)
end

--- Let the user choose among items, each with `label`, `uri` and `line`, and open the chosen one.
local function choose(prompt, items)
  items = vim.tbl_filter(function(item)
    return item.uri ~= ""
  end, items)
  if #items == 0 then
    return warn("nothing found")
  end
  require("kb.picker").pick(prompt, items, M.open)
end

--- Search the notes and let the user choose; `on_items`, for scripts, gets the hits instead.
function M.search(words, on_items)
  if vim.trim(words or "") == "" then
    return vim.ui.input({ prompt = "kb search: ", default = vim.fn.expand("<cword>") }, function(typed)
      if vim.trim(typed or "") ~= "" then
        M.search(typed, on_items)
      end
    end)
  end
  ask("kb/search", { query = words, limit = 30 }, function(answer)
    for _, hit in ipairs(answer.hits) do
      hit.label = M.label(hit)
    end
    if on_items then
      return on_items(answer.hits)
    end
    choose(("kb: %s (%d of %d)"):format(answer.query, #answer.hits, answer.total), answer.hits)
  end)
end

--- Let the user choose among the notes nearest to a text.
function M.related(text)
  ask("kb/related", { text = text, limit = 15 }, function(answer)
    for _, note in ipairs(answer.notes) do
      note.label = ("%s - %s"):format(note.title, one_line(note.summary))
    end
    choose("kb: related notes", answer.notes)
  end)
end

return M
