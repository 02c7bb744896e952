# make install, uninstall, deb: programs, library, headers, man pages, completion, samples.
DOC = $(DESTDIR)$(PREFIX)/share/doc/cs-tools
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include/cstools \
	    $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DOC)/samples
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(B)/libcstools.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(B)/libcstools.so $(DESTDIR)$(PREFIX)/lib/libcstools.so.0
	ln -sf libcstools.so.0 $(DESTDIR)$(PREFIX)/lib/libcstools.so
	install -m 644 $(B)/cstools.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 644 include/cstools/*.h $(DESTDIR)$(PREFIX)/include/cstools
	for page in $(MAN); do \
	    install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/ || exit 1; done
	for bin in $(BIN); do \
	    $$bin --completion > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$${bin##*/} || exit 1; done
	install -m 644 README.md LICENSE $(DOC)
	cp -R samples/. $(DOC)/samples/

uninstall:
	rm -f $(BIN:$(B)/bin/%=$(DESTDIR)$(PREFIX)/bin/%) $(DESTDIR)$(PREFIX)/lib/libcstools.* \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig/cstools.pc \
	    $(BIN:$(B)/bin/%=$(DESTDIR)$(PREFIX)/share/bash-completion/completions/%)
	for page in $(MAN); do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done
	rm -rf $(DESTDIR)$(PREFIX)/include/cstools $(DOC)

DEB_MAINTAINER ?= the cs-tools authors <cs-tools@localhost>
deb: all
	@rm -rf $(B)/deb
	@$(MAKE) --no-print-directory -s install DESTDIR=$(B)/deb PREFIX=/usr
	@sh lib/deb.sh $(B)/deb $(VERSION) $(B) "$(DEB_MAINTAINER)"
	@rm -rf $(B)/deb
.PHONY: deb
