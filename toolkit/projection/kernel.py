"""The kernel: a small interpreter in machine code that runs a list of steps over a few draws, month by month.

It is written once in LLVM's assembly language, eight draws at a time, and compiled when it is first wanted
(about 0.3 s, once a process; `llvmlite` brings the compiler as a wheel). It knows no plan: a plan is a list
of steps that it is given, so another plan or scenario needs no compiling.

    memory     rows of doubles, one row a register; a row holds one value a draw
    places     register → row, so that last month's values move by exchanging numbers
    table      what is the same in every draw: one row a month, one column a value
    a step     operation, target, up to three operands: registers (v) or columns of the table (m)

Add, subtract, multiply, divide, floor and ceil are those of IEEE 754, minimum and maximum pass on what is no
number, and comparisons give 1 or 0: every result equals NumPy's to the last bit.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

LANES = 8  # draws at a time
STEP = 5  # numbers a step: operation, target, three operands
UNARY = ("copy", "negative", "absolute", "floor", "ceil", "round", "not")
BINARY = (
    "add", "subtract", "multiply", "divide", "minimum", "maximum", "less", "less_equal", "greater",
    "greater_equal", "equal", "not_equal", "and", "or",
)  # fmt: skip
# A row from a given array, a row to a kept one; registers of a line turn by one month; a call to Python.
MOVES = ("load", "store", "turn", "call")
CODES: dict[tuple[str, str], int] = {}
for _key in (
    *((name, "v") for name in UNARY), ("copy", "m"),
    *((name, f) for name in BINARY for f in ("vv", "vm", "mv")),
    ("where", "vvv"), *((name, "") for name in MOVES),
):  # fmt: skip
    CODES[_key] = len(CODES)
# What a call is told, one 64-bit number each. Addresses but for the counts: `vectors` groups of eight draws,
# `bytes` of the draws in a row, `offset` of the first draw and `draws` of a whole kept row.
CONTEXT = (
    "start", "start_count", "monthly", "monthly_count", "months", "places", "registers", "memory", "stride",
    "vectors", "table", "columns", "given", "given_step", "kept", "bytes", "offset", "draws", "callback",
)  # fmt: skip
Run = Callable[[int], None]
CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64)  # number of the call, month

_COMPARE = {
    "less": "olt", "less_equal": "ole", "greater": "ogt", "greater_equal": "oge", "equal": "oeq",
    "not_equal": "une",
}  # fmt: skip
_V = f"<{LANES} x double>"
_B = f"<{LANES} x i1>"


@cache
def load() -> Run | None:
    """`run(context)`: the address of the numbers that `CONTEXT` names. None where there is no `llvmlite`, or
    where it knows no such machine."""
    try:
        import llvmlite.binding as llvm

        return _compiled(llvm)
    except (ImportError, OSError, RuntimeError):
        return None


def _compiled(llvm: Any) -> Run:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly(assembly())
    module.verify()
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2, jit=True
    )
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    function: Any = ctypes.CFUNCTYPE(None, ctypes.c_int64)(engine.get_function_address("run"))
    function.engine = engine  # the machine code lives as long as what calls it
    return function  # type: ignore[no-any-return]


def assembly() -> str:
    """The kernel in LLVM's assembly language."""
    uses = "".join(f"declare {_V} @llvm.{name}.v{LANES}f64({_V})\n" for name in ("fabs", "floor", "ceil"))
    copies = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\n"
    wide = 'attributes #0 = { "prefer-vector-width"="512" "min-legal-vector-width"="512" }\n'
    return uses + copies + _run() + _steps() + wide


def _run() -> str:
    """The draws of a call through all months: registers in their own rows, the start, month after month."""
    return f"""
define void @run(i64 %context_at) #0 {{
begin:
  %context = inttoptr i64 %context_at to ptr
{_fields("start", "start_count", "monthly", "monthly_count", "months", "places")}{_fields("registers")}
  br label %reset
reset:
  %r = phi i64 [ 0, %begin ], [ %r1, %reset ]
  %rat = getelementptr i64, ptr %places, i64 %r
  store i64 %r, ptr %rat
  %r1 = add i64 %r, 1
  %rmore = icmp slt i64 %r1, %registers
  br i1 %rmore, label %reset, label %first
first:
  call void @steps(ptr %start, i64 %start_count, i64 0, ptr %context)
  br label %month
month:
  %m = phi i64 [ 1, %first ], [ %m1, %month ]
  call void @steps(ptr %monthly, i64 %monthly_count, i64 %m, ptr %context)
  %m1 = add i64 %m, 1
  %mmore = icmp sle i64 %m1, %months
  br i1 %mmore, label %month, label %done
done:
  ret void
}}
"""


def _steps() -> str:
    """A loop over steps, which jumps to the operation of each."""
    cases = " ".join(f"i32 {code}, label %op{code}" for code in CODES.values())
    bodies = "".join(_body(code, name, form) for (name, form), code in CODES.items())
    return f"""
define internal void @steps(ptr %steps, i64 %count, i64 %month, ptr %context) #0 {{
begin:
{_fields("places", "memory", "stride", "vectors", "table", "columns")}{_fields("given", "given_step", "kept")}
{_fields("bytes", "offset", "draws", "callback")}  %table_first = mul i64 %month, %columns
  %some = icmp sgt i64 %count, 0
  br i1 %some, label %step, label %done
step:
  %number = phi i64 [ 0, %begin ], [ %following, %next ]
  %place = mul i64 %number, {STEP}
  %at = getelementptr i32, ptr %steps, i64 %place
  %op = load i32, ptr %at
{"".join(_number(name, place) for place, name in enumerate("tabc", 1))}
  switch i32 %op, label %next [ {cases} ]
{bodies}next:
  %following = add i64 %number, 1
  %more = icmp slt i64 %following, %count
  br i1 %more, label %step, label %done
done:
  ret void
}}
"""


def _fields(*names: str) -> str:
    """Fields of the context; those that are addresses as pointers."""
    lines = ""
    for name in names:
        is_pointer = name in (
            "start",
            "monthly",
            "places",
            "memory",
            "table",
            "given",
            "given_step",
            "kept",
            "callback",
        )
        lines += f"  %{name}_field = getelementptr i64, ptr %context, i64 {CONTEXT.index(name)}\n"
        lines += f"  %{name} = load {'ptr' if is_pointer else 'i64'}, ptr %{name}_field\n"
    return lines


def _number(name: str, place: int) -> str:
    """The number at a place of the step, as `%name`."""
    return (
        f"  %{name}_at = getelementptr i32, ptr %at, i64 {place}\n"
        f"  %{name}_short = load i32, ptr %{name}_at\n"
        f"  %{name} = sext i32 %{name}_short to i64\n"
    )


def _row(code: int, name: str) -> str:
    """The pointer `%x<code><name>row` to the row of a register."""
    x = f"%x{code}{name}"
    return (
        f"  {x}place = getelementptr i64, ptr %places, i64 %{name}\n  {x}number = load i64, ptr {x}place\n"
        f"  {x}first = mul i64 {x}number, %stride\n"
        f"  {x}row = getelementptr double, ptr %memory, i64 {x}first\n"
    )


def _body(code: int, name: str, form: str) -> str:
    """One operation: a loop over the groups of draws."""
    if name in MOVES:
        return f"op{code}:\n{_move(code, name)}"
    before, inside = _row(code, "t"), ""
    for operand, how in zip("abc", form, strict=False):
        x = f"%x{code}{operand}"
        if how == "m":
            before += (
                f"  {x}column = add i64 %table_first, %{operand}\n"
                f"  {x}at = getelementptr double, ptr %table, i64 {x}column\n"
                f"  {x}one = load double, ptr {x}at\n"
                f"  {x}lane = insertelement {_V} poison, double {x}one, i32 0\n"
                f"  {x} = shufflevector {_V} {x}lane, {_V} poison, <{LANES} x i32> zeroinitializer\n"
            )
        else:
            before += _row(code, operand)
            inside += (
                f"  {x}at = getelementptr {_V}, ptr {x}row, i64 %i{code}\n"
                f"  {x} = load {_V}, ptr {x}at, align 8\n"
            )
    lines, result = _operation(
        name, tuple(f"%x{code}{operand}" for operand in "abc"[: len(form)]), f"%r{code}"
    )
    return f"""op{code}:
{before}  br label %loop{code}
loop{code}:
  %i{code} = phi i64 [ 0, %op{code} ], [ %j{code}, %loop{code} ]
{inside}{lines}  %to{code} = getelementptr {_V}, ptr %x{code}trow, i64 %i{code}
  store {_V} {result}, ptr %to{code}, align 8
  %j{code} = add i64 %i{code}, 1
  %again{code} = icmp slt i64 %j{code}, %vectors
  br i1 %again{code}, label %loop{code}, label %next
"""


def _move(code: int, name: str) -> str:
    x = f"%x{code}"
    if name == "call":
        return "  call void %callback(i64 %t, i64 %month)\n  br label %next\n"
    if (
        name == "turn"
    ):  # registers t … t + a − 1: each takes the row of the one before, the first that of the last
        return f"""  {x}last = add i64 %t, %a
  {x}end = sub i64 {x}last, 1
  {x}endat = getelementptr i64, ptr %places, i64 {x}end
  {x}oldest = load i64, ptr {x}endat
  br label %turn{code}
turn{code}:
  {x}k = phi i64 [ {x}end, %op{code} ], [ {x}k1, %turn{code} ]
  {x}k1 = sub i64 {x}k, 1
  {x}fromat = getelementptr i64, ptr %places, i64 {x}k1
  {x}from = load i64, ptr {x}fromat
  {x}toat = getelementptr i64, ptr %places, i64 {x}k
  store i64 {x}from, ptr {x}toat
  {x}more = icmp sgt i64 {x}k1, %t
  br i1 {x}more, label %turn{code}, label %turned{code}
turned{code}:
  {x}tat = getelementptr i64, ptr %places, i64 %t
  store i64 {x}oldest, ptr {x}tat
  br label %next
"""
    if name == "load":  # from given array a, whose months are given_step[a] apart, into register t
        return f"""{_row(code, "t")}  {x}baseat = getelementptr ptr, ptr %given, i64 %a
  {x}base = load ptr, ptr {x}baseat
  {x}stepat = getelementptr i64, ptr %given_step, i64 %a
  {x}step = load i64, ptr {x}stepat
  {x}month = mul i64 {x}step, %month
  {x}first = add i64 {x}month, %offset
  {x}source = getelementptr double, ptr {x}base, i64 {x}first
  call void @llvm.memcpy.p0.p0.i64(ptr {x}trow, ptr {x}source, i64 %bytes, i1 false)
  br label %next
"""
    return f"""{_row(code, "a")}  {x}baseat = getelementptr ptr, ptr %kept, i64 %t
  {x}base = load ptr, ptr {x}baseat
  {x}month = mul i64 %draws, %month
  {x}first = add i64 {x}month, %offset
  {x}target = getelementptr double, ptr {x}base, i64 {x}first
  call void @llvm.memcpy.p0.p0.i64(ptr {x}target, ptr {x}arow, i64 %bytes, i1 false)
  br label %next
"""


def _operation(name: str, x: tuple[str, ...], r: str) -> tuple[str, str]:
    """The lines that compute an operation of operands `x`, and the name of the result."""

    def truth(condition: str) -> tuple[str, str]:
        return f"{condition}  {r} = uitofp {_B} {r}c to {_V}\n", r

    match name:
        case "copy":
            return "", x[0]
        case "negative":
            return f"  {r} = fneg {_V} {x[0]}\n", r
        case "absolute" | "floor" | "ceil":
            call = {"absolute": "fabs"}.get(name, name)
            return f"  {r} = call {_V} @llvm.{call}.v{LANES}f64({_V} {x[0]})\n", r
        case "round":
            halves = ", ".join(["double 0.5"] * LANES)
            half = f"  {r}h = fadd {_V} {x[0]}, <{halves}>\n"
            return f"{half}  {r} = call {_V} @llvm.floor.v{LANES}f64({_V} {r}h)\n", r
        case "not":
            return truth(f"  {r}c = fcmp oeq {_V} {x[0]}, zeroinitializer\n")
        case "add" | "subtract" | "multiply" | "divide":
            word = {"add": "fadd", "subtract": "fsub", "multiply": "fmul", "divide": "fdiv"}[name]
            return f"  {r} = {word} {_V} {x[0]}, {x[1]}\n", r
        case "minimum" | "maximum":
            order = "ole" if name == "minimum" else "oge"
            return (
                f"  {r}o = fcmp {order} {_V} {x[0]}, {x[1]}\n  {r}n = fcmp uno {_V} {x[0]}, {x[0]}\n"
                f"  {r}c = or {_B} {r}o, {r}n\n  {r} = select {_B} {r}c, {_V} {x[0]}, {_V} {x[1]}\n"
            ), r
        case "and" | "or":
            return truth(
                f"  {r}p = fcmp une {_V} {x[0]}, zeroinitializer\n"
                f"  {r}q = fcmp une {_V} {x[1]}, zeroinitializer\n  {r}c = {name} {_B} {r}p, {r}q\n"
            )
        case "where":
            condition = f"  {r}c = fcmp une {_V} {x[0]}, zeroinitializer\n"
            return f"{condition}  {r} = select {_B} {r}c, {_V} {x[1]}, {_V} {x[2]}\n", r
    return truth(f"  {r}c = fcmp {_COMPARE[name]} {_V} {x[0]}, {x[1]}\n")
