// The grammar of Python 3.11 as its reference parser tries it, with the rules that only recognise mistakes; read by the
// diagnoser (grammar_table.cpp compiles it on first use).
//
//   rule: alternative | alternative ;     tried in order, the first that fits is taken for good (PEG)
//   rule*                                  results are remembered by position
//   rule<                                  left-recursive (and remembered)
//   'x' "x"          keyword or operator; soft keyword       NAME, NUMBER...  kinds of token
//   ( ) [ ] ? * +    groups, options, repetitions            x.y+             y separated by x
//   &x !x            look ahead                              ~                no further alternative of this rule
//   &&'x'            must follow: "expected 'x'" otherwise, in any pass
//   ^x               the value of the alternative is that of x
//   a:x b:x          names for the action
//   ?9 "Things are"  since version 3.9 only: "Things are only supported in Python 3.9 and greater"
//   -> Kind          the value is a node of that kind; without an action it is what the only item yields
//   -> word "..."    raises: at = where `a` is, range = from a to b, from = from a to where the tokenizer is,
//                    last = at the last token read, indent = "expected an indented block after ... on line (of a)";
//                    %n is what `a` is called, %t its text. Other words are functions of the diagnoser.
// An alternative that is nothing but a rule invalid_... takes part in the second pass only. Order matters everywhere.
#pragma once

namespace habu::syntax {

inline constexpr char kErrorGrammar[] = R"peg(
file: [statements] ENDMARKER ;
interactive: statement_newline ;
eval: expressions NEWLINE* ENDMARKER ;
func_type: '(' [type_expressions] ')' '->' expression NEWLINE* ENDMARKER ;
fstring: star_expressions ;

statements: statement+ ;
statement: compound_stmt | simple_stmts ;
statement_newline: compound_stmt NEWLINE | simple_stmts | NEWLINE | ENDMARKER -> exit ;
simple_stmts: simple_stmt !';' NEWLINE | ';'.simple_stmt+ [';'] NEWLINE ;
simple_stmt*: assignment | star_expressions | &'return' return_stmt | &('import' | 'from') import_stmt
  | &'raise' raise_stmt | 'pass' | &'del' del_stmt | &'yield' yield_stmt | &'assert' assert_stmt | 'break' | 'continue'
  | &'global' global_stmt | &'nonlocal' nonlocal_stmt ;
compound_stmt: &('def' | '@' | ASYNC) function_def | &'if' if_stmt | &('class' | '@') class_def
  | &('with' | ASYNC) with_stmt | &('for' | ASYNC) for_stmt | &'try' try_stmt | &'while' while_stmt | match_stmt ;

assignment: NAME ':' expression ['=' annotated_rhs] ?6 "Variable annotation syntax is"
  | ('(' single_target ')' | single_subscript_attribute_target) ':' expression ['=' annotated_rhs]
    ?6 "Variable annotations syntax is"
  | (star_targets '=')+ (yield_expr | star_expressions) !'=' [TYPE_COMMENT]
  | single_target augassign ~ (yield_expr | star_expressions)
  | invalid_assignment ;
annotated_rhs: yield_expr | star_expressions ;
augassign: '+=' | '-=' | '*=' | '@=' ?5 "The '@' operator is" | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**='
  | '//=' ;
return_stmt: 'return' [star_expressions] ;
raise_stmt: 'raise' expression ['from' expression] | 'raise' ;
global_stmt: 'global' ','.NAME+ ;
nonlocal_stmt: 'nonlocal' ','.NAME+ ;
del_stmt: 'del' del_targets &(';' | NEWLINE) | invalid_del_stmt ;
yield_stmt: yield_expr ;
assert_stmt: 'assert' expression [',' expression] ;
import_stmt: import_name | import_from ;
import_name: 'import' dotted_as_names ;
import_from: 'from' ('.' | '...')* dotted_name 'import' import_from_targets
  | 'from' ('.' | '...')+ 'import' import_from_targets ;
import_from_targets: '(' import_from_as_names [','] ')' | import_from_as_names !',' | '*' | invalid_import_from_targets ;
import_from_as_names: ','.import_from_as_name+ ;
import_from_as_name: NAME ['as' NAME] ;
dotted_as_names: ','.dotted_as_name+ ;
dotted_as_name: dotted_name ['as' NAME] ;
dotted_name<: dotted_name '.' NAME | NAME ;

block*: NEWLINE INDENT statements DEDENT | simple_stmts | invalid_block ;
decorators: ('@' named_expression NEWLINE)+ ;
class_def: decorators class_def_raw | class_def_raw ;
class_def_raw: invalid_class_def_raw | 'class' NAME ['(' [arguments] ')'] ':' block ;
function_def: decorators function_def_raw | function_def_raw ;
function_def_raw: invalid_def_raw
  | 'def' NAME &&'(' [params] ')' ['->' expression] &&':' [func_type_comment] block
  | ASYNC 'def' NAME &&'(' [params] ')' ['->' expression] &&':' [func_type_comment] block ?5 "Async functions are" ;

params: invalid_parameters | parameters ;
parameters: slash_no_default param_no_default* param_with_default* [star_etc] ?8 "Positional-only parameters are"
  | slash_with_default param_with_default* [star_etc] ?8 "Positional-only parameters are"
  | param_no_default+ param_with_default* [star_etc] | param_with_default+ [star_etc] | star_etc ;
slash_no_default: param_no_default+ '/' ',' | param_no_default+ '/' &')' ;
slash_with_default: param_no_default* param_with_default+ '/' ',' | param_no_default* param_with_default+ '/' &')' ;
star_etc: invalid_star_etc | '*' param_no_default param_maybe_default* [kwds]
  | '*' param_no_default_star_annotation param_maybe_default* [kwds] | '*' ',' param_maybe_default+ [kwds] | kwds ;
kwds: invalid_kwds | '**' param_no_default ;
param_no_default: ^param ',' TYPE_COMMENT? | ^param TYPE_COMMENT? &')' ;
param_no_default_star_annotation: param_star_annotation ',' TYPE_COMMENT? | param_star_annotation TYPE_COMMENT? &')' ;
param_with_default: param default ',' TYPE_COMMENT? | param default TYPE_COMMENT? &')' ;
param_maybe_default: param default? ',' TYPE_COMMENT? | param default? TYPE_COMMENT? &')' ;
param: NAME annotation? -> Arg ;
param_star_annotation: NAME star_annotation ;
annotation: ':' expression ;
star_annotation: ':' star_expression ;
default: '=' expression | invalid_default ;

if_stmt: invalid_if_stmt | 'if' named_expression ':' block elif_stmt | 'if' named_expression ':' block [else_block] ;
elif_stmt: invalid_elif_stmt | 'elif' named_expression ':' block elif_stmt
  | 'elif' named_expression ':' block [else_block] ;
else_block: invalid_else_stmt | 'else' &&':' block ;
while_stmt: invalid_while_stmt | 'while' named_expression ':' block [else_block] ;
for_stmt: invalid_for_stmt | 'for' star_targets 'in' ~ star_expressions ':' [TYPE_COMMENT] block [else_block]
  | ASYNC 'for' star_targets 'in' ~ star_expressions ':' [TYPE_COMMENT] block [else_block] ?5 "Async for loops are"
  | invalid_for_target ;
with_stmt: invalid_with_stmt_indent
  | 'with' '(' ','.with_item+ ','? ')' ':' block ?9 "Parenthesized context managers are"
  | 'with' ','.with_item+ ':' [TYPE_COMMENT] block
  | ASYNC 'with' '(' ','.with_item+ ','? ')' ':' block ?5 "Async with statements are"
  | ASYNC 'with' ','.with_item+ ':' [TYPE_COMMENT] block ?5 "Async with statements are"
  | invalid_with_stmt ;
with_item: expression 'as' star_target &(',' | ')' | ':') | invalid_with_item | expression ;
try_stmt: invalid_try_stmt | 'try' &&':' block finally_block
  | 'try' &&':' block except_block+ [else_block] [finally_block]
  | 'try' &&':' block except_star_block+ [else_block] [finally_block] ?11 "Exception groups are" ;
except_block: invalid_except_stmt_indent | 'except' expression ['as' NAME] ':' block | 'except' ':' block
  | invalid_except_stmt ;
except_star_block: invalid_except_star_stmt_indent | 'except' '*' expression ['as' NAME] ':' block | invalid_except_stmt ;
finally_block: invalid_finally_stmt | 'finally' &&':' block ;

match_stmt: "match" subject_expr ':' NEWLINE INDENT case_block+ DEDENT ?10 "Pattern matching is" | invalid_match_stmt ;
subject_expr: star_named_expression ',' star_named_expressions? -> Tuple | named_expression ;
case_block: invalid_case_block | "case" patterns guard? ':' block ;
guard: 'if' named_expression ;
patterns: open_sequence_pattern -> Pattern | pattern ;
pattern: as_pattern | or_pattern ;
as_pattern: or_pattern 'as' pattern_capture_target -> Pattern | invalid_as_pattern ;
or_pattern: '|'.closed_pattern+ -> Pattern ;
closed_pattern*: literal_pattern | capture_pattern | wildcard_pattern | value_pattern | group_pattern | sequence_pattern
  | mapping_pattern | class_pattern ;
literal_pattern: signed_number !('+' | '-') -> Pattern | complex_number -> Pattern | strings -> Pattern
  | 'None' -> Pattern | 'True' -> Pattern | 'False' -> Pattern ;
literal_expr: signed_number !('+' | '-') | complex_number | strings | 'None' -> None | 'True' -> True | 'False' -> False ;
complex_number: signed_real_number '+' imaginary_number -> Operation | signed_real_number '-' imaginary_number -> Operation ;
signed_number: NUMBER | '-' NUMBER -> Operation ;
signed_real_number: real_number | '-' real_number -> Operation ;
real_number: a:NUMBER -> real ;
imaginary_number: a:NUMBER -> imaginary ;
capture_pattern: pattern_capture_target -> Pattern ;
pattern_capture_target: !"_" NAME !('.' | '(' | '=') ;
wildcard_pattern: "_" -> Pattern ;
value_pattern: attr !('.' | '(' | '=') -> Pattern ;
attr<: name_or_attr '.' NAME -> Attribute ;
name_or_attr: attr | NAME ;
group_pattern: '(' ^pattern ')' ;
sequence_pattern: '[' maybe_sequence_pattern? ']' -> Pattern | '(' open_sequence_pattern? ')' -> Pattern ;
open_sequence_pattern: maybe_star_pattern ',' maybe_sequence_pattern? ;
maybe_sequence_pattern: ','.maybe_star_pattern+ ','? ;
maybe_star_pattern: star_pattern | pattern ;
star_pattern*: '*' pattern_capture_target -> Pattern | '*' wildcard_pattern -> Pattern ;
mapping_pattern: '{' '}' -> Pattern | '{' double_star_pattern ','? '}' -> Pattern
  | '{' items_pattern ',' double_star_pattern ','? '}' -> Pattern | '{' items_pattern ','? '}' -> Pattern ;
items_pattern: ','.key_value_pattern+ ;
key_value_pattern: (literal_expr | attr) ':' pattern ;
double_star_pattern: '**' pattern_capture_target ;
class_pattern: name_or_attr '(' ')' -> Pattern | name_or_attr '(' positional_patterns ','? ')' -> Pattern
  | name_or_attr '(' keyword_patterns ','? ')' -> Pattern
  | name_or_attr '(' positional_patterns ',' keyword_patterns ','? ')' -> Pattern | invalid_class_pattern ;
positional_patterns: ','.pattern+ ;
keyword_patterns: ','.keyword_pattern+ ;
keyword_pattern: NAME '=' pattern ;

expressions: expression (',' expression)+ [','] -> Tuple | expression ',' -> Tuple | expression ;
expression*: invalid_expression | invalid_legacy_expression
  | disjunction 'if' disjunction 'else' expression -> IfExp | disjunction | lambdef ;
yield_expr: 'yield' 'from' expression -> Yield | 'yield' [star_expressions] -> Yield ;
star_expressions: star_expression (',' star_expression)+ [','] -> Tuple | star_expression ',' -> Tuple | star_expression ;
star_expression*: '*' bitwise_or -> Starred | expression ;
star_named_expressions: ','.star_named_expression+ [','] ;
star_named_expression: '*' bitwise_or -> Starred | named_expression ;
assignment_expression: NAME ':=' ~ expression ?8 "Assignment expressions are" -> NamedExpr ;
named_expression: assignment_expression | invalid_named_expression | expression !':=' ;
disjunction*: conjunction ('or' conjunction)+ -> Operation | conjunction ;
conjunction*: inversion ('and' inversion)+ -> Operation | inversion ;
inversion*: 'not' inversion -> Operation | comparison ;
comparison: bitwise_or compare_op_bitwise_or_pair+ -> Compare | bitwise_or ;
compare_op_bitwise_or_pair: eq_bitwise_or | noteq_bitwise_or | lte_bitwise_or | lt_bitwise_or | gte_bitwise_or
  | gt_bitwise_or | notin_bitwise_or | in_bitwise_or | isnot_bitwise_or | is_bitwise_or ;
eq_bitwise_or: '==' bitwise_or ;
noteq_bitwise_or: (a:'!=' -> barry) bitwise_or ;
lte_bitwise_or: '<=' bitwise_or ;
lt_bitwise_or: '<' bitwise_or ;
gte_bitwise_or: '>=' bitwise_or ;
gt_bitwise_or: '>' bitwise_or ;
notin_bitwise_or: 'not' 'in' bitwise_or ;
in_bitwise_or: 'in' bitwise_or ;
isnot_bitwise_or: 'is' 'not' bitwise_or ;
is_bitwise_or: 'is' bitwise_or ;
bitwise_or<: bitwise_or '|' bitwise_xor -> Operation | bitwise_xor ;
bitwise_xor<: bitwise_xor '^' bitwise_and -> Operation | bitwise_and ;
bitwise_and<: bitwise_and '&' shift_expr -> Operation | shift_expr ;
shift_expr<: shift_expr '<<' sum -> Operation | shift_expr '>>' sum -> Operation | sum ;
sum<: sum '+' term -> Operation | sum '-' term -> Operation | term ;
term<: term '*' factor -> Operation | term '/' factor -> Operation | term '//' factor -> Operation
  | term '%' factor -> Operation | term '@' factor ?5 "The '@' operator is" -> Operation | factor ;
factor*: '+' factor -> Operation | '-' factor -> Operation | '~' factor -> Operation | power ;
power: await_primary '**' factor -> Operation | await_primary ;
await_primary*: AWAIT primary ?5 "Await expressions are" -> Await | primary ;
primary<: primary '.' NAME -> Attribute | primary genexp -> Call | primary '(' [arguments] ')' -> Call
  | primary '[' slices ']' -> Subscript | atom ;
slices: ^slice !',' | ','.(slice | starred_expression)+ [','] -> Tuple ;
slice: [expression] ':' [expression] [':' [expression]] | named_expression ;
atom: NAME | 'True' -> True | 'False' -> False | 'None' -> None | &STRING strings | NUMBER
  | &'(' (tuple | group | genexp) | &'[' (list | listcomp) | &'{' (dict | set | dictcomp | setcomp) | '...' -> Ellipsis ;
group: '(' ^(yield_expr | named_expression) ')' | invalid_group ;
lambdef: 'lambda' [lambda_params] ':' expression -> Lambda ;
lambda_params: invalid_lambda_parameters | lambda_parameters ;
lambda_parameters: lambda_slash_no_default lambda_param_no_default* lambda_param_with_default* [lambda_star_etc]
    ?8 "Positional-only parameters are"
  | lambda_slash_with_default lambda_param_with_default* [lambda_star_etc] ?8 "Positional-only parameters are"
  | lambda_param_no_default+ lambda_param_with_default* [lambda_star_etc]
  | lambda_param_with_default+ [lambda_star_etc] | lambda_star_etc ;
lambda_slash_no_default: lambda_param_no_default+ '/' ',' | lambda_param_no_default+ '/' &':' ;
lambda_slash_with_default: lambda_param_no_default* lambda_param_with_default+ '/' ','
  | lambda_param_no_default* lambda_param_with_default+ '/' &':' ;
lambda_star_etc: invalid_lambda_star_etc | '*' lambda_param_no_default lambda_param_maybe_default* [lambda_kwds]
  | '*' ',' lambda_param_maybe_default+ [lambda_kwds] | lambda_kwds ;
lambda_kwds: invalid_lambda_kwds | '**' lambda_param_no_default ;
lambda_param_no_default: ^lambda_param ',' | ^lambda_param &':' ;
lambda_param_with_default: lambda_param default ',' | lambda_param default &':' ;
lambda_param_maybe_default: lambda_param default? ',' | lambda_param default? &':' ;
lambda_param: NAME -> Arg ;
strings*: STRINGS ;
list: '[' [star_named_expressions] ']' -> List ;
tuple: '(' [star_named_expression ',' [star_named_expressions]] ')' -> Tuple ;
set: '{' star_named_expressions '}' -> Set ;
dict: '{' [double_starred_kvpairs] '}' -> Dict | '{' invalid_double_starred_kvpairs '}' ;
double_starred_kvpairs: ','.double_starred_kvpair+ [','] ;
double_starred_kvpair: '**' bitwise_or | kvpair ;
kvpair: expression ':' expression ;
for_if_clauses: for_if_clause+ ;
for_if_clause: ASYNC 'for' star_targets 'in' ~ disjunction ('if' disjunction)* ?6 "Async comprehensions are" -> Clause
  | 'for' star_targets 'in' ~ disjunction ('if' disjunction)* -> Clause | invalid_for_target ;
listcomp: '[' named_expression for_if_clauses ']' -> ListComp | invalid_comprehension ;
setcomp: '{' named_expression for_if_clauses '}' -> SetComp | invalid_comprehension ;
genexp: '(' (assignment_expression | expression !':=') for_if_clauses ')' -> GeneratorExp | invalid_comprehension ;
dictcomp: '{' kvpair for_if_clauses '}' -> DictComp | invalid_dict_comprehension ;

arguments*: ^args [','] &')' | invalid_arguments ;
args: ','.(starred_expression | ^(assignment_expression | expression !':=') !'=')+ [',' kwargs] -> Arguments
  | kwargs -> Arguments ;
kwargs: ','.kwarg_or_starred+ ',' ','.kwarg_or_double_starred+ | ','.kwarg_or_starred+ | ','.kwarg_or_double_starred+ ;
starred_expression: '*' expression -> Starred ;
kwarg_or_starred: invalid_kwarg | NAME '=' expression -> Keyword | starred_expression ;
kwarg_or_double_starred: invalid_kwarg | NAME '=' expression -> Keyword | '**' expression -> DoubleStarred ;

star_targets: ^star_target !',' | star_target (',' star_target)* [','] -> Tuple ;
star_targets_list_seq: ','.star_target+ [','] ;
star_targets_tuple_seq: star_target (',' star_target)+ [','] | star_target ',' ;
star_target*: '*' (!'*' star_target) -> Starred | target_with_star_atom ;
target_with_star_atom*: t_primary '.' NAME !t_lookahead -> Attribute | t_primary '[' slices ']' !t_lookahead -> Subscript
  | star_atom ;
star_atom: NAME | '(' ^target_with_star_atom ')' | '(' [star_targets_tuple_seq] ')' -> Tuple
  | '[' [star_targets_list_seq] ']' -> List ;
single_target: single_subscript_attribute_target | NAME | '(' ^single_target ')' ;
single_subscript_attribute_target: t_primary '.' NAME !t_lookahead -> Attribute
  | t_primary '[' slices ']' !t_lookahead -> Subscript ;
t_primary<: t_primary '.' NAME &t_lookahead -> Attribute | t_primary '[' slices ']' &t_lookahead -> Subscript
  | t_primary genexp &t_lookahead -> Call | t_primary '(' [arguments] ')' &t_lookahead -> Call | ^atom &t_lookahead ;
t_lookahead: '(' | '[' | '.' ;
del_targets: ','.del_target+ [','] ;
del_target*: t_primary '.' NAME !t_lookahead -> Attribute | t_primary '[' slices ']' !t_lookahead -> Subscript
  | del_t_atom ;
del_t_atom: NAME | '(' ^del_target ')' | '(' [del_targets] ')' -> Tuple | '[' [del_targets] ']' -> List ;

type_expressions: ','.expression+ ',' '*' expression ',' '**' expression | ','.expression+ ',' '*' expression
  | ','.expression+ ',' '**' expression | '*' expression ',' '**' expression | '*' expression | '**' expression
  | ','.expression+ ;
func_type_comment: NEWLINE TYPE_COMMENT &(NEWLINE INDENT) | invalid_double_type_comments | TYPE_COMMENT ;

invalid_arguments: a:args ',' '*' -> at "iterable argument unpacking follows keyword argument unpacking"
  | a:expression b:for_if_clauses ',' [args | expression for_if_clauses] -> generator
  | a:NAME b:'=' expression for_if_clauses -> range "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | a:args b:for_if_clauses -> generator_argument
  | args ',' a:expression b:for_if_clauses -> generator
  | a:args ',' args -> argument_order ;
invalid_kwarg: a:('True' | 'False' | 'None') b:'=' -> range "cannot assign to %t"
  | a:NAME b:'=' expression for_if_clauses -> range "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | !(NAME '=') a:expression b:'=' -> range "expression cannot contain assignment, perhaps you meant \"==\"?" ;
expression_without_invalid: disjunction 'if' disjunction 'else' expression -> IfExp | disjunction | lambdef ;
invalid_legacy_expression: a:NAME !'(' b:star_expressions -> legacy ;
invalid_expression: !(NAME STRING | SOFT_KEYWORD) a:disjunction b:expression_without_invalid -> comma
  | a:disjunction 'if' b:disjunction !('else' | ':') -> range "expected 'else' after 'if' expression" ;
invalid_named_expression*: a:expression ':=' expression -> at "cannot use assignment expressions with %n"
  | a:NAME '=' b:bitwise_or !('=' | ':=') -> range "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | !(list | tuple | genexp | 'True' | 'None' | 'False') a:bitwise_or '=' bitwise_or !('=' | ':=')
    -> at "cannot assign to %n here. Maybe you meant '==' instead of '='?" ;
invalid_assignment: a:invalid_ann_assign_target ':' expression -> at "only single target (not %n) can be annotated"
  | a:star_named_expression ',' star_named_expressions* ':' expression
    -> at "only single target (not tuple) can be annotated"
  | a:expression ':' expression -> at "illegal target for annotation"
  | (star_targets '=')* a:star_expressions '=' -> star_targets
  | (star_targets '=')* a:yield_expr '=' -> at "assignment to yield expression not possible"
  | a:star_expressions augassign (yield_expr | star_expressions)
    -> at "'%n' is an illegal expression for augmented assignment" ;
invalid_ann_assign_target: list | tuple | '(' ^invalid_ann_assign_target ')' ;
invalid_del_stmt: 'del' a:star_expressions -> del_targets ;
invalid_block: NEWLINE !INDENT -> indent "" ;
invalid_comprehension: ('[' | '(' | '{') a:starred_expression for_if_clauses
    -> at "iterable unpacking cannot be used in comprehension"
  | ('[' | '{') a:star_named_expression ',' b:star_named_expressions for_if_clauses -> comprehension_target
  | ('[' | '{') a:star_named_expression b:',' for_if_clauses
    -> range "did you forget parentheses around the comprehension target?" ;
invalid_dict_comprehension: '{' a:'**' bitwise_or for_if_clauses '}'
    -> at "dict unpacking cannot be used in dict comprehension" ;
invalid_parameters: param_no_default* invalid_parameters_helper a:param_no_default
    -> at "non-default argument follows default argument"
  | param_no_default* a:'(' param_no_default+ ','? b:')' -> range "Function parameters cannot be parenthesized"
  | a:'/' ',' -> at "at least one argument must precede /"
  | (slash_no_default | slash_with_default) param_maybe_default* a:'/' -> at "/ may appear only once"
  | (slash_no_default | slash_with_default)? param_maybe_default* '*' (',' | param_no_default) param_maybe_default* a:'/'
    -> at "/ must be ahead of *"
  | param_maybe_default+ '/' a:'*' -> at "expected comma between / and *" ;
invalid_default: a:'=' &(')' | ',') -> at "expected default value expression" ;
invalid_star_etc: a:'*' (')' | ',' (')' | '**')) -> at "named arguments must follow bare *"
  | '*' ',' TYPE_COMMENT -> last "bare * has associated type comment"
  | '*' param a:'=' -> at "var-positional argument cannot have default value"
  | '*' (param_no_default | ',') param_maybe_default* a:'*' (param_no_default | ',')
    -> at "* argument may appear only once" ;
invalid_kwds: '**' param a:'=' -> at "var-keyword argument cannot have default value"
  | '**' param ',' a:param -> at "arguments cannot follow var-keyword argument"
  | '**' param ',' a:('*' | '**' | '/') -> at "arguments cannot follow var-keyword argument" ;
invalid_parameters_helper: slash_with_default | param_with_default+ ;
invalid_lambda_parameters: lambda_param_no_default* invalid_lambda_parameters_helper a:lambda_param_no_default
    -> at "non-default argument follows default argument"
  | lambda_param_no_default* a:'(' ','.lambda_param+ ','? b:')'
    -> range "Lambda expression parameters cannot be parenthesized"
  | a:'/' ',' -> at "at least one argument must precede /"
  | (lambda_slash_no_default | lambda_slash_with_default) lambda_param_maybe_default* a:'/' -> at "/ may appear only once"
  | (lambda_slash_no_default | lambda_slash_with_default)? lambda_param_maybe_default* '*'
    (',' | lambda_param_no_default) lambda_param_maybe_default* a:'/' -> at "/ must be ahead of *"
  | lambda_param_maybe_default+ '/' a:'*' -> at "expected comma between / and *" ;
invalid_lambda_parameters_helper: lambda_slash_with_default | lambda_param_with_default+ ;
invalid_lambda_star_etc: '*' (':' | ',' (':' | '**')) -> last "named arguments must follow bare *"
  | '*' lambda_param a:'=' -> at "var-positional argument cannot have default value"
  | '*' (lambda_param_no_default | ',') lambda_param_maybe_default* a:'*' (lambda_param_no_default | ',')
    -> at "* argument may appear only once" ;
invalid_lambda_kwds: '**' lambda_param a:'=' -> at "var-keyword argument cannot have default value"
  | '**' lambda_param ',' a:lambda_param -> at "arguments cannot follow var-keyword argument"
  | '**' lambda_param ',' a:('*' | '**' | '/') -> at "arguments cannot follow var-keyword argument" ;
invalid_double_type_comments: TYPE_COMMENT NEWLINE TYPE_COMMENT NEWLINE INDENT
    -> last "Cannot have two type comments on def" ;
invalid_with_item: expression 'as' a:expression &(',' | ')' | ':') -> star_targets ;
invalid_for_target: ASYNC? 'for' a:star_expressions -> for_targets ;
invalid_group: '(' a:starred_expression ')' -> at "cannot use starred expression here"
  | '(' a:'**' expression ')' -> at "cannot use double starred expression here" ;
invalid_import_from_targets: import_from_as_names ',' NEWLINE
    -> last "trailing comma not allowed without surrounding parentheses" ;
invalid_with_stmt: [ASYNC] 'with' ','.(expression ['as' star_target])+ NEWLINE -> last "expected ':'"
  | [ASYNC] 'with' '(' ','.(expressions ['as' star_target])+ ','? ')' NEWLINE -> last "expected ':'" ;
invalid_with_stmt_indent: [ASYNC] a:'with' ','.(expression ['as' star_target])+ ':' NEWLINE !INDENT
    -> indent "'with' statement"
  | [ASYNC] a:'with' '(' ','.(expressions ['as' star_target])+ ','? ')' ':' NEWLINE !INDENT -> indent "'with' statement" ;
invalid_try_stmt: a:'try' ':' NEWLINE !INDENT -> indent "'try' statement"
  | 'try' ':' block !('except' | 'finally') -> last "expected 'except' or 'finally' block"
  | 'try' ':' block* except_block+ a:'except' b:'*' expression ['as' NAME] ':'
    -> range "cannot have both 'except' and 'except*' on the same 'try'"
  | 'try' ':' block* except_star_block+ a:'except' [expression ['as' NAME]] ':'
    -> at "cannot have both 'except' and 'except*' on the same 'try'" ;
invalid_except_stmt: 'except' '*'? a:expression ',' expressions ['as' NAME] ':'
    -> from "multiple exception types must be parenthesized"
  | 'except' '*'? expression ['as' NAME] NEWLINE -> last "expected ':'"
  | 'except' NEWLINE -> last "expected ':'"
  | 'except' '*' (NEWLINE | ':') -> last "expected one or more exception types" ;
invalid_finally_stmt: a:'finally' ':' NEWLINE !INDENT -> indent "'finally' statement" ;
invalid_except_stmt_indent: a:'except' expression ['as' NAME] ':' NEWLINE !INDENT -> indent "'except' statement"
  | a:'except' ':' NEWLINE !INDENT -> indent "'except' statement" ;
invalid_except_star_stmt_indent: a:'except' '*' expression ['as' NAME] ':' NEWLINE !INDENT -> indent "'except*' statement" ;
invalid_match_stmt: "match" subject_expr NEWLINE ?10 "Pattern matching is" -> last "expected ':'"
  | a:"match" subject_expr ':' NEWLINE !INDENT -> indent "'match' statement" ;
invalid_case_block: "case" patterns guard? NEWLINE -> last "expected ':'"
  | a:"case" patterns guard? ':' NEWLINE !INDENT -> indent "'case' statement" ;
invalid_as_pattern: or_pattern 'as' a:"_" -> at "cannot use '_' as a target"
  | or_pattern 'as' !NAME a:expression -> at "invalid pattern target" ;
invalid_class_pattern: name_or_attr '(' a:invalid_class_argument_pattern -> pattern_order ;
invalid_class_argument_pattern: [positional_patterns ','] keyword_patterns ',' ^positional_patterns ;
invalid_if_stmt: 'if' named_expression NEWLINE -> last "expected ':'"
  | a:'if' named_expression ':' NEWLINE !INDENT -> indent "'if' statement" ;
invalid_elif_stmt: 'elif' named_expression NEWLINE -> last "expected ':'"
  | a:'elif' named_expression ':' NEWLINE !INDENT -> indent "'elif' statement" ;
invalid_else_stmt: a:'else' ':' NEWLINE !INDENT -> indent "'else' statement" ;
invalid_while_stmt: 'while' named_expression NEWLINE -> last "expected ':'"
  | a:'while' named_expression ':' NEWLINE !INDENT -> indent "'while' statement" ;
invalid_for_stmt: [ASYNC] 'for' star_targets 'in' star_expressions NEWLINE -> last "expected ':'"
  | [ASYNC] a:'for' star_targets 'in' star_expressions ':' NEWLINE !INDENT -> indent "'for' statement" ;
invalid_def_raw: [ASYNC] a:'def' NAME '(' [params] ')' ['->' expression] ':' NEWLINE !INDENT
    -> indent "function definition" ;
invalid_class_def_raw: 'class' NAME ['(' [arguments] ')'] NEWLINE -> last "expected ':'"
  | a:'class' NAME ['(' [arguments] ')'] ':' NEWLINE !INDENT -> indent "class definition" ;
invalid_double_starred_kvpairs: ','.double_starred_kvpair+ ',' invalid_kvpair
  | expression ':' a:'*' bitwise_or -> from "cannot use a starred expression in a dictionary value"
  | expression a:':' &('}' | ',') -> at "expression expected after dictionary key and ':'" ;
invalid_kvpair: a:expression !(':') -> missing_colon
  | expression ':' a:'*' bitwise_or -> from "cannot use a starred expression in a dictionary value"
  | expression a:':' &('}' | ',') -> at "expression expected after dictionary key and ':'" ;
)peg";

}  // namespace habu::syntax
