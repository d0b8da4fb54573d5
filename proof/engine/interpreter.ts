/**
 * Runs the real TypeScript of the project on values that are partly unknown, along all paths at once.
 *
 * Where a condition is unknown, both branches are run, and each write happens "where the condition holds": its
 * target becomes a choice between the new value and the old. So a run ends in one state, whose terms
 * say what the code does for every input. What the engine does not know is an error that names the place; nothing is ever skipped.
 */

import ts from 'typescript';
import { constructForeign, GLOBALS, methodOf, toElement } from './builtins.ts';
import { binary, Inexact, Unsupported, unary } from './operators.ts';
import type { Run } from './run.ts';
import { and, bool, eq, FALSE, int, ite, not, or, type Term, TRUE } from './term.ts';
import {
  type Alternative,
  Arr,
  alternativesOf,
  type Cell,
  Choice,
  ClassValue,
  choose,
  Fn,
  fromNumberTerm,
  fromTruthTerm,
  isForeign,
  merge,
  Num,
  numberTerm,
  Obj,
  Scope,
  same,
  Truth,
  type Value,
} from './values.ts';

/** More turns than this of one loop are a loop that the engine cannot bound. */
const MOST_TURNS = 5000;

/** What stands on the path from the start of a run to the statement that runs. */
type Entry =
  | { readonly kind: 'if'; readonly condition: Term }
  | { readonly kind: 'call'; returned: Term; value: Value }
  | { readonly kind: 'loop'; left: Term; skipped: Term };

/** Something the code throws, and where. */
export interface Throw {
  readonly condition: Term;
  readonly place: string;
  readonly text: string;
}

/** Where source text comes from: the project, or the project with a planted change. */
export type SourceOf = (file: string) => string;

/** One run of the engine over one set of sources. */
export class Interpreter implements Run {
  readonly #sourceOf: SourceOf;
  readonly #resolve: (from: string, specifier: string) => string;
  readonly #modules = new Map<string, Map<string, Value>>();
  readonly #scopes = new Map<string, Scope>();
  readonly #path: Entry[] = [];
  /** Everything that was thrown, and under which condition: to be proven impossible. */
  readonly throws: Throw[] = [];
  /** The lines that were run, by file. */
  readonly lines: Map<string, Set<number>> = new Map();
  /** In place of a file's export, by `file:name`. */
  readonly replacements: Map<string, Value> = new Map();

  constructor(sourceOf: SourceOf, resolve: (from: string, specifier: string) => string) {
    this.#sourceOf = sourceOf;
    this.#resolve = resolve;
  }

  // --- the path ---

  /** The condition under which what runs now is reached. */
  get active(): Term {
    return this.#since(0);
  }

  /** What of the path from entry `depth` on must hold. */
  #since(depth: number): Term {
    const parts: Term[] = [];
    for (let i = depth; i < this.#path.length; i++) {
      const entry = this.#path[i]!;
      if (entry.kind === 'if') parts.push(entry.condition);
      else if (entry.kind === 'call') parts.push(not(entry.returned));
      else parts.push(not(entry.left), not(entry.skipped));
    }
    return and(...parts);
  }

  /** Runs something where a condition holds. */
  under<T>(condition: Term, run: () => T): T {
    this.#path.push({ kind: 'if', condition });
    try {
      return run();
    } finally {
      this.#path.pop();
    }
  }

  /**
   * Applies a function to each alternative of a value, each under its guard. An alternative that the function is
   * not made for, such as undefined where the code has checked for it, must be proven impossible: see {@link throws}.
   */
  lift(value: Value, apply: (value: Value) => Value): Value {
    if (!(value instanceof Choice)) return apply(value);
    const results: Alternative[] = [];
    let refused: unknown;
    for (const { guard, value: one } of value.alternatives) {
      const condition = and(this.active, guard);
      if (condition === FALSE) continue;
      const depth = this.#path.length;
      try {
        results.push({ guard, value: this.under(guard, () => apply(one)) });
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error;
        refused = error;
        this.#path.length = depth;
        this.throws.push({ condition, place: '', text: error.message });
      }
    }
    if (results.length === 0 && refused !== undefined) throw refused;
    return choose(results);
  }

  /** Writes a property where the path holds. */
  #write(holder: Obj, key: string, value: Value): void {
    const { fields } = holder;
    fields.set(key, fields.has(key) ? merge(this.active, value, fields.get(key)) : value);
  }

  assign(cell: Cell, value: Value): void {
    // A variable that was declared on this path is dead wherever the path before it is not taken.
    cell.value = merge(this.#since(cell.depth), value, cell.value);
  }

  declare(scope: Scope, name: string, value: Value): void {
    scope.cells.set(name, { value, depth: this.#path.length });
  }

  /** The condition under which a value counts as true. */
  truth(value: Value): Term {
    if (value instanceof Truth) return value.term;
    if (value instanceof Num) return not(eq(value.term, int(0)));
    if (value instanceof Choice) {
      return or(...value.alternatives.map(({ guard, value: one }) => and(guard, this.truth(one))));
    }
    return bool(Boolean(value));
  }

  // --- modules ---

  /** What a file exports. */
  load(file: string): Map<string, Value> {
    const known = this.#modules.get(file);
    if (known !== undefined) return known;
    const exports = new Map<string, Value>();
    this.#modules.set(file, exports);
    const source = ts.createSourceFile(file, this.#sourceOf(file), ts.ScriptTarget.ES2023, true);
    const scope = new Scope();
    this.#scopes.set(file, scope);
    for (const statement of source.statements) this.#topLevel(statement, scope, exports, file);
    for (const [name, cell] of scope.cells) if (exports.get(name) === PENDING) exports.set(name, cell.value);
    for (const [key, value] of this.replacements) {
      const [of, name] = key.split(':') as [string, string];
      if (of !== file) continue;
      exports.set(name, value);
      scope.cells.set(name, { value, depth: 0 });
    }
    return exports;
  }

  /** An exported value by name. */
  exported(file: string, name: string): Value {
    const exports = this.load(file);
    if (!exports.has(name)) throw new Error(`${file} exports no ${name}`);
    return exports.get(name);
  }

  /** A value of a file by name, exported or not: a loop that is proven by itself. */
  named(file: string, name: string): Value {
    this.load(file);
    const cell = this.#scopes.get(file)?.find(name);
    if (cell === undefined) throw new Error(`${file} has no ${name}`);
    return cell.value;
  }

  #topLevel(statement: ts.Statement, scope: Scope, exports: Map<string, Value>, file: string): void {
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return;
    if (ts.isImportDeclaration(statement)) {
      this.#import(statement, scope, file);
      return;
    }
    if (ts.isExportDeclaration(statement)) {
      this.#reexport(statement, exports, file);
      return;
    }
    this.#statement(statement, scope);
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return;
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) exports.set(name.getText(), PENDING);
    } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      exports.set(statement.name!.text, PENDING);
    }
    for (const [name, cell] of scope.cells) if (exports.get(name) === PENDING) exports.set(name, cell.value);
  }

  #import(statement: ts.ImportDeclaration, scope: Scope, file: string): void {
    const clause = statement.importClause;
    if (clause === undefined || clause.isTypeOnly) return;
    const bindings = clause.namedBindings;
    if (bindings === undefined) throw new Unsupported(statement, 'a default import');
    const elements = ts.isNamedImports(bindings)
      ? bindings.elements.filter((one) => !one.isTypeOnly)
      : undefined;
    if (elements?.length === 0) return;
    const exports = this.load(this.#resolve(file, (statement.moduleSpecifier as ts.StringLiteral).text));
    if (elements === undefined) {
      const space = new Obj();
      for (const [name, value] of exports) space.fields.set(name, value);
      this.declare(scope, (bindings as ts.NamespaceImport).name.text, space);
      return;
    }
    for (const { name, propertyName } of elements) {
      const wanted = (propertyName ?? name).getText();
      if (!exports.has(wanted))
        throw new Unsupported(statement, `the import of ${wanted}, which is not there yet`);
      this.declare(scope, name.text, exports.get(wanted));
    }
  }

  #reexport(statement: ts.ExportDeclaration, exports: Map<string, Value>, file: string): void {
    if (statement.isTypeOnly || statement.moduleSpecifier === undefined) return;
    const from = this.#resolve(file, (statement.moduleSpecifier as ts.StringLiteral).text);
    const clause = statement.exportClause;
    if (clause === undefined) {
      for (const [name, value] of this.load(from)) exports.set(name, value);
    } else if (ts.isNamedExports(clause)) {
      for (const { name, propertyName, isTypeOnly } of clause.elements) {
        if (isTypeOnly) continue;
        exports.set(name.getText(), this.exported(from, (propertyName ?? name).getText()));
      }
    }
  }

  // --- statements ---

  #block(statements: readonly ts.Statement[], scope: Scope): void {
    for (const statement of statements) {
      if (ts.isFunctionDeclaration(statement)) this.#statement(statement, scope);
    }
    for (const statement of statements) {
      if (this.active === FALSE) return;
      if (!ts.isFunctionDeclaration(statement)) this.#statement(statement, scope);
    }
  }

  #statement(node: ts.Statement, scope: Scope): void {
    this.#note(node);
    if (ts.isBlock(node)) {
      this.#block(node.statements, new Scope(scope));
    } else if (ts.isExpressionStatement(node)) {
      this.evaluate(node.expression, scope);
    } else if (ts.isVariableStatement(node)) {
      this.#declarations(node.declarationList, scope);
    } else if (ts.isIfStatement(node)) {
      const condition = this.truth(this.evaluate(node.expression, scope));
      const branches = [
        [condition, node.thenStatement],
        [not(condition), node.elseStatement],
      ] as const;
      for (const [holds, branch] of branches) {
        if (branch === undefined || and(this.active, holds) === FALSE) continue;
        this.under(holds, () => this.#statement(branch, new Scope(scope)));
      }
    } else if (ts.isReturnStatement(node)) {
      this.#return(node.expression === undefined ? undefined : this.evaluate(node.expression, scope));
    } else if (ts.isForStatement(node)) {
      this.#for(node, scope);
    } else if (ts.isForOfStatement(node)) {
      this.#forOf(node, scope);
    } else if (ts.isWhileStatement(node)) {
      this.#loop(node, () => this.evaluate(node.expression, scope), node.statement, undefined, scope);
    } else if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) {
      this.#leave(node);
    } else if (ts.isThrowStatement(node)) {
      this.#throw(node, scope);
    } else if (ts.isFunctionDeclaration(node)) {
      this.declare(scope, node.name!.text, new Fn(node, scope, undefined));
    } else if (ts.isClassDeclaration(node)) {
      this.declare(scope, node.name!.text, new ClassValue(node, scope));
    } else if (ts.isSwitchStatement(node)) {
      this.#switch(node, scope);
    } else if (!ts.isEmptyStatement(node) && !ts.isTypeAliasDeclaration(node)) {
      throw new Unsupported(node, 'this statement');
    }
  }

  #note(node: ts.Node): void {
    const source = node.getSourceFile();
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    let lines = this.lines.get(source.fileName);
    if (lines === undefined) {
      lines = new Set();
      this.lines.set(source.fileName, lines);
    }
    lines.add(line + 1);
  }

  #declarations(list: ts.VariableDeclarationList, scope: Scope): void {
    for (const { name, initializer } of list.declarations) {
      const value = initializer === undefined ? undefined : this.evaluate(initializer, scope);
      this.#bind(name, value, scope);
    }
  }

  #bind(name: ts.BindingName, value: Value, scope: Scope): void {
    if (ts.isIdentifier(name)) {
      this.declare(scope, name.text, value);
      return;
    }
    name.elements.forEach((element, i) => {
      if (ts.isOmittedExpression(element)) return;
      if (element.dotDotDotToken !== undefined) {
        if (!ts.isObjectBindingPattern(name)) throw new Unsupported(element, 'a rest pattern');
        const taken = name.elements
          .slice(0, i)
          .map((one) => ((one.propertyName ?? one.name) as ts.Identifier).text);
        this.#bind(element.name, copyOf(value, taken, element), scope);
        return;
      }
      const key = ts.isArrayBindingPattern(name)
        ? i
        : ((element.propertyName ?? element.name) as ts.Identifier).text;
      let part = this.get(value, key, element);
      if (element.initializer !== undefined) {
        const missing = same(part, undefined);
        if (missing !== FALSE) {
          const initial = this.under(missing, () => this.evaluate(element.initializer!, scope));
          part = merge(missing, initial, part);
        }
      }
      this.#bind(element.name, part, scope);
    });
  }

  #return(value: Value): void {
    const at = this.#path.findLastIndex(({ kind }) => kind === 'call');
    const call = this.#path[at];
    if (call?.kind !== 'call') throw new Error('a return outside a function');
    call.value = call.value === PENDING ? value : merge(call.returned, call.value, value);
    call.returned = or(call.returned, this.#since(at + 1));
  }

  #for(node: ts.ForStatement, scope: Scope): void {
    const inner = new Scope(scope);
    const { initializer, condition, incrementor, statement } = node;
    const start = (): void => {
      if (initializer === undefined) return;
      if (ts.isVariableDeclarationList(initializer)) this.#declarations(initializer, inner);
      else this.evaluate(initializer, inner);
    };
    this.#loop(
      node,
      condition && (() => this.evaluate(condition, inner)),
      statement,
      incrementor && (() => void this.evaluate(incrementor, inner)),
      inner,
      start,
    );
  }

  #loop(
    node: ts.Node,
    condition: (() => Value) | undefined,
    body: ts.Statement,
    next: (() => void) | undefined,
    scope: Scope,
    start?: () => void,
  ): void {
    const loop = { kind: 'loop' as const, left: FALSE, skipped: FALSE };
    const at = this.#path.push(loop);
    // The loop's own variables are declared inside it: once it is left, they are dead.
    start?.();
    for (let turn = 0; ; turn++) {
      if (turn > MOST_TURNS) throw new Unsupported(node, `a loop of more than ${MOST_TURNS} turns`);
      if (condition !== undefined) {
        const ends = not(this.truth(condition()));
        loop.left = or(loop.left, and(this.#since(at), ends));
      }
      if (this.active === FALSE) break;
      this.#statement(body, new Scope(scope));
      loop.skipped = FALSE;
      if (this.active === FALSE) break;
      next?.();
    }
    this.#path.pop();
  }

  #forOf(node: ts.ForOfStatement, scope: Scope): void {
    const list = this.evaluate(node.expression, scope);
    const { initializer } = node;
    if (!ts.isVariableDeclarationList(initializer)) throw new Unsupported(node, 'this loop variable');
    for (const { guard: chosen, value } of alternativesOf(list)) {
      if (!(value instanceof Arr)) throw new Unsupported(node, 'a loop over what is no array');
      this.under(chosen, () => {
        const loop = { kind: 'loop' as const, left: FALSE, skipped: FALSE };
        this.#path.push(loop);
        for (const { guard, value: item } of [...value.items]) {
          loop.skipped = FALSE;
          if (and(this.active, guard) === FALSE) continue;
          this.under(guard, () => {
            const inner = new Scope(scope);
            this.#bind(initializer.declarations[0]!.name, item, inner);
            this.#statement(node.statement, inner);
          });
        }
        this.#path.pop();
      });
    }
  }

  #leave(node: ts.BreakStatement | ts.ContinueStatement): void {
    if (node.label !== undefined) throw new Unsupported(node, 'a label');
    const at = this.#path.findLastIndex(({ kind }) => kind === 'loop');
    const loop = this.#path[at];
    if (loop?.kind !== 'loop') throw new Unsupported(node, 'a break outside a loop');
    const here = this.#since(at + 1);
    // Where a turn was cut short by continue before, this break is not reached.
    if (ts.isBreakStatement(node)) loop.left = or(loop.left, and(not(loop.skipped), here));
    else loop.skipped = or(loop.skipped, here);
  }

  /** A switch whose clauses end in return or break. */
  #switch(node: ts.SwitchStatement, scope: Scope): void {
    const value = this.evaluate(node.expression, scope);
    const loop = { kind: 'loop' as const, left: FALSE, skipped: FALSE };
    this.#path.push(loop);
    let matched: Term = FALSE;
    for (const clause of node.caseBlock.clauses) {
      const hit = ts.isCaseClause(clause) ? same(value, this.evaluate(clause.expression, scope)) : TRUE;
      matched = or(matched, and(not(matched), hit));
      if (and(this.active, matched) === FALSE) continue;
      this.under(matched, () => this.#block(clause.statements, new Scope(scope)));
    }
    this.#path.pop();
  }

  #throw(node: ts.ThrowStatement, scope: Scope): void {
    const source = node.getSourceFile();
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    void scope;
    this.throws.push({
      condition: this.active,
      place: `${source.fileName}:${line + 1}`,
      text: node.expression.getText(),
    });
    // It is proven apart that this is never reached, so what would follow is of no interest.
    const at = this.#path.findLastIndex(({ kind }) => kind === 'call');
    const call = this.#path[at];
    if (call?.kind === 'call') call.returned = or(call.returned, this.#since(at + 1));
  }

  // --- functions and classes ---

  call(callee: Value, args: readonly Value[], self: Value, node: ts.Node): Value {
    return this.lift(callee, (one) => {
      if (one instanceof Fn) return this.#callFunction(one, args, self);
      if (isForeign(one) && one.call !== undefined) return this.#callForeign(one.call, args, []);
      throw new Unsupported(node, 'a call of what is no function');
    });
  }

  /** A function of the library sees one alternative of each argument at a time. */
  #callForeign(
    call: (args: readonly Value[]) => Value,
    args: readonly Value[],
    done: readonly Value[],
  ): Value {
    const [first, ...rest] = args;
    if (args.length === 0) return call(done);
    return this.lift(first, (one) => this.#callForeign(call, rest, [...done, one]));
  }

  #callFunction({ node, scope, self: bound }: Fn, args: readonly Value[], self: Value): Value {
    const inner = new Scope(scope);
    const frame: Entry = { kind: 'call', returned: FALSE, value: PENDING };
    this.#path.push(frame);
    const isArrow = ts.isArrowFunction(node);
    inner.cells.set('this', { value: isArrow ? bound : (self ?? bound), depth: this.#path.length });
    node.parameters.forEach((parameter, i) => {
      let value = args[i];
      if (parameter.initializer !== undefined && value === undefined) {
        value = this.evaluate(parameter.initializer, inner);
      }
      if (parameter.dotDotDotToken !== undefined) {
        value = new Arr(args.slice(i).map((arg) => ({ guard: TRUE, value: arg })));
      }
      this.#bind(parameter.name, value, inner);
    });
    const { body } = node;
    if (body === undefined) throw new Unsupported(node, 'a function without a body');
    if (ts.isBlock(body)) this.#block(body.statements, new Scope(inner));
    else this.#return(this.evaluate(body, inner));
    this.#path.pop();
    if (frame.value === PENDING) return undefined;
    return merge(frame.returned, frame.value, undefined);
  }

  /** `new` of a class of the project. */
  construct(klass: ClassValue, args: readonly Value[]): Obj {
    const self = new Obj(klass);
    this.#initialize(klass, self, args);
    return self;
  }

  /** The fields of a class and what its constructor does; those of its base class come first, at `super(…)`. */
  #initialize(klass: ClassValue, self: Obj, args: readonly Value[]): void {
    const made = klass.node.members.find(ts.isConstructorDeclaration);
    const base = this.#baseOf(klass);
    const scope = new Scope(klass.scope);
    if (base === undefined) this.#initializeFields(klass, self);
    else if (made === undefined) {
      this.#initialize(base, self, args);
      this.#initializeFields(klass, self);
    } else {
      const construct = (given: readonly Value[]): Value => {
        this.#initialize(base, self, given);
        this.#initializeFields(klass, self);
        return undefined;
      };
      this.declare(scope, 'super', { foreign: 'super', call: construct });
    }
    if (made !== undefined) this.#callFunction(new Fn(made, scope, self), args, self);
  }

  #initializeFields(klass: ClassValue, self: Obj): void {
    const scope = new Scope(klass.scope);
    scope.cells.set('this', { value: self, depth: this.#path.length });
    for (const member of klass.node.members) {
      if (!ts.isPropertyDeclaration(member)) continue;
      const value = member.initializer === undefined ? undefined : this.evaluate(member.initializer, scope);
      self.fields.set(member.name.getText(), value);
    }
  }

  #baseOf(klass: ClassValue): ClassValue | undefined {
    const clause = klass.node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
    if (clause === undefined) return undefined;
    const base = this.evaluate(clause.types[0]!.expression, klass.scope);
    if (!(base instanceof ClassValue)) throw new Unsupported(clause, 'a base class of another kind');
    return base;
  }

  /** A member by its name, in the class or the nearest base class that has it. */
  #memberOf(
    klass: ClassValue | undefined,
    name: string,
    fits: (member: ts.ClassElement) => boolean,
  ): { member: ts.ClassElement; klass: ClassValue } | undefined {
    for (let at = klass; at !== undefined; at = this.#baseOf(at)) {
      const member = at.node.members.find((one) => one.name?.getText() === name && fits(one));
      if (member !== undefined) return { member, klass: at };
    }
    return undefined;
  }

  // --- properties ---

  get(holder: Value, key: Value, node: ts.Node): Value {
    return this.lift(holder, (one) => {
      if (one instanceof Obj) return this.#getField(one, key, node);
      if (one instanceof Arr) {
        const index = numberTerm(key);
        if (index !== undefined) return this.#item(one, index);
        if (key === 'length') return lengthOf(one);
      }
      if (typeof one === 'string' && key === 'length') return one.length;
      if (isForeign(one) && one.get !== undefined) return one.get(key);
      throw new Unsupported(node, `property ${String(key)} of ${describe(one)}`);
    });
  }

  #getField(holder: Obj, key: Value, node: ts.Node): Value {
    if (key instanceof Num || key instanceof Choice) {
      // A lookup by an unknown key: whichever of the object's own keys it is.
      return choose(
        [...holder.fields].map(([name, value]) => ({
          guard: same(
            key,
            key instanceof Num || typeof alternativesOf(key)[0]!.value === 'number' ? Number(name) : name,
          ),
          value,
        })),
      );
    }
    const name = String(key);
    if (holder.fields.has(name)) return holder.fields.get(name);
    const found = this.#memberOf(holder.klass, name, (one) => !ts.isSetAccessor(one));
    if (found === undefined) return undefined;
    const { member, klass } = found;
    if (ts.isGetAccessor(member)) return this.#callFunction(new Fn(member, klass.scope, holder), [], holder);
    if (ts.isMethodDeclaration(member)) return new Fn(member, klass.scope, holder);
    throw new Unsupported(node, `member ${name}`);
  }

  /** An item of an array by its index; undefined where there is none. */
  #item({ items }: Arr, index: Term): Value {
    if (items.some(({ guard }) => guard !== TRUE)) {
      // Items that may be missing: the index counts those that are there.
      let before: Term = int(0);
      const alternatives = items.map(({ guard, value }) => {
        const here = and(guard, eq(before, index));
        before = ite(guard, ite(TRUE, addOne(before), before), before);
        return { guard: here, value };
      });
      const none = not(or(...alternatives.map(({ guard }) => guard)));
      return choose([...alternatives, { guard: none, value: undefined }]);
    }
    if (index.op === 'const') return items[Number(index.value)]?.value;
    let value: Value = index.lo < 0n || index.hi >= BigInt(items.length) ? undefined : PENDING;
    items.forEach((item, i) => {
      const hit = eq(index, int(i));
      if (hit === FALSE) return;
      value = value === PENDING ? item.value : merge(hit, item.value, value);
    });
    return value;
  }

  set(holder: Value, key: Value, value: Value, node: ts.Node): void {
    this.lift(holder, (one) => {
      if (one instanceof Obj) this.#setField(one, key, value, node);
      else if (one instanceof Arr) this.#setItem(one, key, value, node);
      else if (isForeign(one) && one.set !== undefined)
        this.lift(value, (stored) => void one.set!(key, stored, this.active));
      else throw new Unsupported(node, `a write to ${describe(one)}`);
      return undefined;
    });
  }

  #setField(holder: Obj, key: Value, value: Value, node: ts.Node): void {
    if (typeof key !== 'string' && typeof key !== 'number') throw new Unsupported(node, 'this key');
    const name = String(key);
    const setter = holder.fields.has(name) ? undefined : this.#memberOf(holder.klass, name, ts.isSetAccessor);
    if (setter !== undefined) {
      const { member, klass } = setter;
      this.#callFunction(new Fn(member as ts.SetAccessorDeclaration, klass.scope, holder), [value], holder);
    } else this.#write(holder, name, value);
  }

  #setItem(holder: Arr, key: Value, value: Value, node: ts.Node): void {
    const index = numberTerm(key);
    if (index === undefined) throw new Unsupported(node, 'this index');
    const stored = this.lift(value, (one) => toElement(holder.elements, one, node));
    const { active } = this;
    holder.items = holder.items.map((item, i) => {
      const hit = and(active, eq(index, int(i)));
      return hit === FALSE ? item : { guard: item.guard, value: merge(hit, stored, item.value) };
    });
  }

  /** Adds an item to an array, where the path holds. */
  push(list: Arr, value: Value): void {
    list.items = [...list.items, { guard: this.active, value }];
  }

  // --- expressions ---

  evaluate(node: ts.Expression, scope: Scope): Value {
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isSatisfiesExpression(node)
    ) {
      return this.evaluate(node.expression, scope);
    }
    if (ts.isNumericLiteral(node)) return Number(node.text.replaceAll('_', ''));
    if (ts.isBigIntLiteral(node)) return BigInt(node.text.replaceAll('_', '').slice(0, -1));
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
    if (ts.isTemplateExpression(node)) return this.#template(node, scope);
    if (ts.isIdentifier(node)) return this.#identifier(node, scope);
    if (ts.isPropertyAccessExpression(node)) {
      const holder = this.evaluate(node.expression, scope);
      return this.#maybe(node, holder, (one) => this.#member(one, node.name.text, node));
    }
    if (ts.isElementAccessExpression(node)) {
      const holder = this.evaluate(node.expression, scope);
      return this.#maybe(node, holder, (one) =>
        this.get(one, this.evaluate(node.argumentExpression, scope), node),
      );
    }
    if (ts.isCallExpression(node)) return this.#call(node, scope);
    if (ts.isNewExpression(node)) return this.#new(node, scope);
    if (ts.isBinaryExpression(node)) return this.#binary(node, scope);
    if (ts.isConditionalExpression(node)) {
      const condition = this.truth(this.evaluate(node.condition, scope));
      return this.#either(
        condition,
        () => this.evaluate(node.whenTrue, scope),
        () => this.evaluate(node.whenFalse, scope),
      );
    }
    if (ts.isPrefixUnaryExpression(node)) return this.#prefix(node, scope);
    if (ts.isPostfixUnaryExpression(node)) {
      const before = this.evaluate(node.operand, scope);
      const step = node.operator === ts.SyntaxKind.PlusPlusToken ? 1 : -1;
      this.#store(node.operand, binary(ts.SyntaxKind.PlusToken, before, step, node), scope);
      return before;
    }
    if (ts.isObjectLiteralExpression(node)) return this.#object(node, scope);
    if (ts.isArrayLiteralExpression(node)) return this.#array(node, scope);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
      return new Fn(node, scope, scope.find('this')?.value);
    }
    if (ts.isTypeOfExpression(node)) {
      return this.lift(this.evaluate(node.expression, scope), (one) => typeName(one));
    }
    if (ts.isVoidExpression(node)) {
      this.evaluate(node.expression, scope);
      return undefined;
    }
    switch (node.kind) {
      case ts.SyntaxKind.TrueKeyword:
        return true;
      case ts.SyntaxKind.FalseKeyword:
        return false;
      case ts.SyntaxKind.NullKeyword:
        return null;
      case ts.SyntaxKind.ThisKeyword:
        return scope.find('this')?.value;
      case ts.SyntaxKind.SuperKeyword:
        return scope.find('super')?.value;
      default:
        throw new Unsupported(node, 'this expression');
    }
  }

  #identifier(node: ts.Identifier, scope: Scope): Value {
    if (node.text === 'undefined') return undefined;
    const cell = scope.find(node.text);
    if (cell !== undefined) return cell.value;
    if (GLOBALS.has(node.text)) return GLOBALS.get(node.text);
    throw new Unsupported(node, `the name ${node.text}`);
  }

  /** The strings that the code makes are for people: an unknown part is shown as such. */
  #template(node: ts.TemplateExpression, scope: Scope): string {
    let text = node.head.text;
    for (const { expression, literal } of node.templateSpans) {
      const value = this.evaluate(expression, scope);
      text += (typeof value === 'object' ? '?' : String(value)) + literal.text;
    }
    return text;
  }

  /** An access with `?.` stops at what is undefined. */
  #maybe(
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression,
    holder: Value,
    access: (one: Value) => Value,
  ): Value {
    if ((node.flags & ts.NodeFlags.OptionalChain) === 0) return access(holder);
    return this.lift(holder, (one) => (one === undefined || one === null ? undefined : access(one)));
  }

  #member(holder: Value, name: string, node: ts.Node): Value {
    return this.lift(holder, (one) => methodOf(this, one, name, node) ?? this.get(one, name, node));
  }

  #call(node: ts.CallExpression, scope: Scope): Value {
    const { expression } = node;
    const args = (): Value[] => this.#arguments(node.arguments, scope);
    if (ts.isPropertyAccessExpression(expression) || ts.isElementAccessExpression(expression)) {
      const holder = this.evaluate(expression.expression, scope);
      return this.#maybe(expression, holder, (self) =>
        this.lift(self, (one) => {
          const callee = ts.isPropertyAccessExpression(expression)
            ? this.#member(one, expression.name.text, expression)
            : this.get(one, this.evaluate(expression.argumentExpression, scope), expression);
          return this.#maybe(node, callee, (method) => this.call(method, args(), one, node));
        }),
      );
    }
    return this.call(this.evaluate(expression, scope), args(), undefined, node);
  }

  #arguments(nodes: readonly ts.Expression[], scope: Scope): Value[] {
    return nodes.flatMap((node): Value[] => {
      if (!ts.isSpreadElement(node)) return [this.evaluate(node, scope)];
      const list = this.evaluate(node.expression, scope);
      if (list instanceof Arr && list.items.every(({ guard }) => guard === TRUE)) {
        return list.items.map(({ value }) => value);
      }
      throw new Unsupported(node, 'this spread');
    });
  }

  #new(node: ts.NewExpression, scope: Scope): Value {
    const klass = this.evaluate(node.expression, scope);
    const args = this.#arguments(node.arguments ?? [], scope);
    if (klass instanceof ClassValue) return this.construct(klass, args);
    return constructForeign(klass, args, node);
  }

  #either(condition: Term, a: () => Value, b: () => Value): Value {
    const { active } = this;
    if (and(active, condition) === FALSE) return b();
    if (and(active, not(condition)) === FALSE) return a();
    const whenTrue = this.under(condition, a);
    return merge(condition, whenTrue, this.under(not(condition), b));
  }

  #binary(node: ts.BinaryExpression, scope: Scope): Value {
    const operator = node.operatorToken.kind;
    const right = (): Value => this.evaluate(node.right, scope);
    switch (operator) {
      case ts.SyntaxKind.EqualsToken: {
        const value = right();
        this.#store(node.left, value, scope);
        return value;
      }
      case ts.SyntaxKind.AmpersandAmpersandToken: {
        const left = this.evaluate(node.left, scope);
        return this.#either(this.truth(left), right, () => left);
      }
      case ts.SyntaxKind.BarBarToken: {
        const left = this.evaluate(node.left, scope);
        return this.#either(this.truth(left), () => left, right);
      }
      case ts.SyntaxKind.QuestionQuestionToken: {
        const left = this.evaluate(node.left, scope);
        return this.#either(or(same(left, undefined), same(left, null)), right, () => without(left));
      }
      case ts.SyntaxKind.AmpersandAmpersandEqualsToken: {
        const left = this.evaluate(node.left, scope);
        const value = this.#either(this.truth(left), right, () => left);
        this.#store(node.left, value, scope);
        return value;
      }
      case ts.SyntaxKind.CommaToken:
        this.evaluate(node.left, scope);
        return right();
      default:
    }
    if (operator === ts.SyntaxKind.InKeyword) {
      const key = this.evaluate(node.left, scope);
      return this.lift(right(), (holder) => {
        if (!(holder instanceof Obj) || typeof key !== 'string')
          throw new Unsupported(node, 'this use of in');
        return holder.fields.has(key) || this.#memberOf(holder.klass, key, () => true) !== undefined;
      });
    }
    if (operator === ts.SyntaxKind.InstanceOfKeyword) {
      const klass = right();
      return this.lift(this.evaluate(node.left, scope), (one) => {
        if (one instanceof Arr && isForeign(klass)) return one.elements === klass.foreign;
        if (one instanceof Obj && klass instanceof ClassValue) {
          let own = one.klass;
          while (own !== undefined && own !== klass) own = this.#baseOf(own);
          return own === klass;
        }
        throw new Unsupported(node, 'this use of instanceof');
      });
    }
    const compound = COMPOUND.get(operator);
    if (compound !== undefined) {
      const value = this.#operate(compound, this.evaluate(node.left, scope), right(), node);
      this.#store(node.left, value, scope);
      return value;
    }
    return this.#operate(operator, this.evaluate(node.left, scope), right(), node);
  }

  #operate(operator: ts.SyntaxKind, left: Value, right: Value, node: ts.Node): Value {
    if (operator === ts.SyntaxKind.EqualsEqualsEqualsToken) return fromTruthTerm(same(left, right));
    if (operator === ts.SyntaxKind.ExclamationEqualsEqualsToken) return fromTruthTerm(not(same(left, right)));
    return this.lift(left, (a) =>
      this.lift(right, (b) => {
        try {
          return binary(operator, a, b, node);
        } catch (error) {
          if (!(error instanceof Inexact)) throw error;
          this.throws.push({ condition: and(this.active, error.beyond), place: '', text: error.message });
          return fromNumberTerm(error.result);
        }
      }),
    );
  }

  #prefix(node: ts.PrefixUnaryExpression, scope: Scope): Value {
    const value = this.evaluate(node.operand, scope);
    switch (node.operator) {
      case ts.SyntaxKind.ExclamationToken:
        return fromTruthTerm(not(this.truth(value)));
      case ts.SyntaxKind.PlusPlusToken:
      case ts.SyntaxKind.MinusMinusToken: {
        const step = node.operator === ts.SyntaxKind.PlusPlusToken ? 1 : -1;
        const after = binary(ts.SyntaxKind.PlusToken, value, step, node);
        this.#store(node.operand, after, scope);
        return after;
      }
      default:
        return this.lift(value, (one) => unary(node.operator, one, node));
    }
  }

  #store(target: ts.Expression, value: Value, scope: Scope): void {
    if (ts.isParenthesizedExpression(target) || ts.isNonNullExpression(target)) {
      this.#store(target.expression, value, scope);
    } else if (ts.isIdentifier(target)) {
      const cell = scope.find(target.text);
      if (cell === undefined) throw new Unsupported(target, `the name ${target.text}`);
      this.assign(cell, value);
    } else if (ts.isPropertyAccessExpression(target)) {
      this.set(this.evaluate(target.expression, scope), target.name.text, value, target);
    } else if (ts.isElementAccessExpression(target)) {
      const holder = this.evaluate(target.expression, scope);
      this.set(holder, this.evaluate(target.argumentExpression, scope), value, target);
    } else throw new Unsupported(target, 'an assignment to this');
  }

  #object(node: ts.ObjectLiteralExpression, scope: Scope): Obj {
    const made = new Obj();
    for (const property of node.properties) {
      if (ts.isPropertyAssignment(property)) {
        made.fields.set(this.#propertyName(property.name, scope), this.evaluate(property.initializer, scope));
      } else if (ts.isShorthandPropertyAssignment(property)) {
        made.fields.set(property.name.text, this.#identifier(property.name, scope));
      } else if (ts.isSpreadAssignment(property)) {
        const from = this.evaluate(property.expression, scope);
        if (from === undefined || from === false) continue;
        for (const [key, value] of copyOf(from, [], property).fields) made.fields.set(key, value);
      } else throw new Unsupported(property, 'this property');
    }
    return made;
  }

  #propertyName(name: ts.PropertyName, scope: Scope): string {
    if (ts.isComputedPropertyName(name)) return String(this.evaluate(name.expression, scope));
    if (ts.isNumericLiteral(name)) return String(Number(name.text.replaceAll('_', '')));
    return ts.isStringLiteral(name) ? name.text : name.getText();
  }

  #array(node: ts.ArrayLiteralExpression, scope: Scope): Arr {
    const made = new Arr([]);
    for (const element of node.elements) {
      if (!ts.isSpreadElement(element)) {
        made.items.push({ guard: TRUE, value: this.evaluate(element, scope) });
        continue;
      }
      for (const { guard: chosen, value } of alternativesOf(this.evaluate(element.expression, scope))) {
        if (!(value instanceof Arr)) throw new Unsupported(element, 'this spread');
        for (const item of value.items)
          made.items.push({ guard: and(chosen, item.guard), value: item.value });
      }
    }
    return made;
  }
}

/** A new object with the fields of another, but for some. Of a choice: each field is a choice. */
function copyOf(value: Value, without: readonly string[], node: ts.Node): Obj {
  const made = new Obj();
  const alternatives = alternativesOf(value).map(({ guard, value: one }) => {
    if (!(one instanceof Obj)) throw new Unsupported(node, 'a copy of what is no object');
    return { guard, fields: one.fields };
  });
  for (const key of new Set(alternatives.flatMap(({ fields }) => [...fields.keys()]))) {
    if (without.includes(key)) continue;
    made.fields.set(
      key,
      choose(alternatives.map(({ guard, fields }) => ({ guard, value: fields.get(key) }))),
    );
  }
  return made;
}

/** Stands for a value that is not there yet. */
const PENDING: Value = new Obj();

const COMPOUND: ReadonlyMap<ts.SyntaxKind, ts.SyntaxKind> = new Map([
  [ts.SyntaxKind.PlusEqualsToken, ts.SyntaxKind.PlusToken],
  [ts.SyntaxKind.MinusEqualsToken, ts.SyntaxKind.MinusToken],
  [ts.SyntaxKind.BarEqualsToken, ts.SyntaxKind.BarToken],
  [ts.SyntaxKind.AmpersandEqualsToken, ts.SyntaxKind.AmpersandToken],
  [ts.SyntaxKind.CaretEqualsToken, ts.SyntaxKind.CaretToken],
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken, ts.SyntaxKind.GreaterThanGreaterThanToken],
  [ts.SyntaxKind.LessThanLessThanEqualsToken, ts.SyntaxKind.LessThanLessThanToken],
]);

/** The number of an array's items. */
function lengthOf({ items }: Arr): Value {
  let length: Term = int(0);
  for (const { guard } of items) length = ite(guard, addOne(length), length);
  return fromNumberTerm(length);
}

function addOne(term: Term): Term {
  const sum = binary(ts.SyntaxKind.PlusToken, fromNumberTerm(term), 1, undefined);
  return numberTerm(sum)!;
}

/** The value where it is neither undefined nor null. */
function without(value: Value): Value {
  if (!(value instanceof Choice)) return value;
  return choose(value.alternatives.filter(({ value: one }) => one !== undefined && one !== null));
}

function typeName(value: Value): string {
  if (value instanceof Num) return 'number';
  if (value instanceof Truth) return 'boolean';
  if (value instanceof Fn) return 'function';
  return value !== null && typeof value === 'object' && 'term' in value ? 'bigint' : typeof value;
}

function describe(value: Value): string {
  if (value === null || typeof value !== 'object') return String(value);
  return isForeign(value) ? value.foreign : value.constructor.name;
}
