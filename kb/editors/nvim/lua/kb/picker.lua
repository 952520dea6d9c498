-- Ways to choose among notes with a preview. vim.g.kb_picker is "telescope", "fzf", "window" or "select";
-- without it the first of telescope and fzf-lua that is installed, else a window of our own.
local M = {}

local function place(item)
  return require("kb").place(item)
end

local function read(path)
  return vim.fn.filereadable(path) == 1 and vim.fn.readfile(path) or { "cannot read " .. path }
end

--- Show the file of an item in a preview buffer and window, at its line.
local function preview(buffer, window, item)
  local path, line = place(item)
  local lines = read(path)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].syntax = "markdown" -- colours alone: with the file type a server would attach
  if window and vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_win_set_cursor(window, { math.min(line, #lines), 0 })
    vim.api.nvim_win_call(window, function()
      vim.cmd.normal({ "zt", bang = true })
    end)
  end
end

local function scratch(lines)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = "wipe"
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  return buffer
end

local function labels(items)
  return vim.tbl_map(function(item)
    return item.label
  end, items)
end

--- List above, preview below: Enter opens, q and Esc leave.
function M.window(prompt, items, open)
  local columns, rows = math.max(20, math.min(vim.o.columns - 4, 120)), math.max(8, vim.o.lines - 8)
  local height = math.min(#items, math.max(3, math.floor(rows / 3)))
  local left = math.max(0, math.floor((vim.o.columns - columns) / 2) - 1)
  local list, text = scratch(labels(items)), scratch({})
  local shape = { relative = "editor", style = "minimal", border = "rounded", width = columns, col = left }
  local below = vim.api.nvim_open_win(
    text,
    false,
    vim.tbl_extend("force", shape, { row = height + 3, height = rows - height, focusable = true })
  )
  local above = vim.api.nvim_open_win(
    list,
    true,
    vim.tbl_extend("force", shape, { row = 1, height = height, title = " " .. prompt .. " " })
  )
  vim.wo[above].cursorline = true
  vim.wo[above].wrap = false
  vim.wo[below].wrap = true

  local function current()
    return items[vim.api.nvim_win_get_cursor(above)[1]]
  end
  local function leave()
    for _, window in ipairs({ above, below }) do
      if vim.api.nvim_win_is_valid(window) then
        vim.api.nvim_win_close(window, true)
      end
    end
  end
  local function take()
    local item = current()
    leave()
    open(item)
  end
  for key, action in pairs({ ["<CR>"] = take, q = leave, ["<Esc>"] = leave }) do
    vim.keymap.set("n", key, action, { buffer = list, nowait = true })
  end
  vim.api.nvim_create_autocmd("CursorMoved", {
    buffer = list,
    callback = function()
      preview(text, below, current())
    end,
  })
  vim.api.nvim_create_autocmd("WinLeave", { buffer = list, once = true, callback = vim.schedule_wrap(leave) })
  preview(text, below, items[1])
end

--- Whatever vim.ui.select is: a plug-in may have replaced it.
function M.select(prompt, items, open)
  vim.ui.select(items, {
    prompt = prompt,
    kind = "kb",
    format_item = function(item)
      return item.label
    end,
  }, function(item)
    if item then
      open(item)
    end
  end)
end

function M.telescope(prompt, items, open)
  local actions, state = require("telescope.actions"), require("telescope.actions.state")
  local config = require("telescope.config").values
  local finder = require("telescope.finders").new_table({
    results = items,
    entry_maker = function(item)
      local path, line = place(item)
      return { value = item, display = item.label, ordinal = item.label, path = path, lnum = line }
    end,
  })
  require("telescope.pickers")
    .new({}, {
      prompt_title = prompt,
      finder = finder,
      sorter = config.generic_sorter({}),
      previewer = config.grep_previewer({}),
      attach_mappings = function(buffer)
        actions.select_default:replace(function()
          local entry = state.get_selected_entry()
          actions.close(buffer)
          if entry then
            open(entry.value)
          end
        end)
        return true
      end,
    })
    :find()
end

function M.fzf(prompt, items, open)
  local lines = {}
  for number, item in ipairs(items) do
    local path, line = place(item)
    lines[number] = ("%s:%d:1:%d\t%s"):format(path, line, number, item.label)
  end
  require("fzf-lua").fzf_exec(lines, {
    prompt = prompt .. "> ",
    previewer = "builtin",
    fzf_opts = { ["--delimiter"] = "\t", ["--with-nth"] = "2.." },
    actions = {
      ["default"] = function(chosen)
        local number = chosen[1] and chosen[1]:match(":1:(%d+)\t")
        if number then
          open(items[tonumber(number)])
        end
      end,
    },
  })
end

local function installed()
  for name, module in pairs({ telescope = "telescope.pickers", fzf = "fzf-lua" }) do
    if pcall(require, module) then
      return name
    end
  end
  return "window"
end

--- Let the user choose one of the items, by the picker that is wanted or there.
function M.pick(prompt, items, open)
  local name = vim.g.kb_picker or installed()
  if not vim.list_contains({ "telescope", "fzf", "window", "select" }, name) then
    vim.notify(("kb: no picker %q; there are telescope, fzf, window, select"):format(tostring(name)), vim.log.levels.WARN)
    name = "window"
  end
  if not pcall(M[name], prompt, items, open) and name ~= "window" then
    vim.notify(("kb: the picker %s does not work here"):format(name), vim.log.levels.WARN)
    M.window(prompt, items, open)
  end
end

return M
